// <show-dialog> opens the dialog in it over the page. It goes when that is closed, and gives the focus
// back to the button whose menu it was chosen from.
class ShowDialog extends HTMLElement {
  connectedCallback() {
    const menu = document.activeElement?.closest("[popover]")
    const dialog = this.querySelector("dialog")
    dialog.addEventListener("close", () => {
      this.remove()
      document.querySelector(`[popovertarget="${menu?.id}"]`)?.focus({ preventScroll: true })
    })
    dialog.addEventListener("click", (event) => event.target === dialog && dialog.close())
    dialog.showModal()
  }
}
customElements.define("show-dialog", ShowDialog)
