// <show-dialog> opens the dialog in it over the page. It goes when that is closed, and gives the focus
// back to the button that it was opened with, or to the one whose menu it was chosen from.
class ShowDialog extends HTMLElement {
  #back

  connectedCallback() {
    const from = document.activeElement
    const menu = from?.closest("[popover]")
    this.#back = menu ? document.querySelector(`[popovertarget="${menu.id}"]`) : from
    const dialog = this.querySelector("dialog")
    dialog.addEventListener("close", () => this.remove())
    dialog.addEventListener("click", (event) => event.target === dialog && dialog.close())
    dialog.showModal()
  }

  disconnectedCallback() { this.#back?.focus({ preventScroll: true }) }
}
customElements.define("show-dialog", ShowDialog)
