// <row-menu> is one menu for all rows: it is about the row whose button opened it.
class RowMenu extends HTMLElement {
  #open = (event) => {
    const button = event.target.closest?.(`[popovertarget="${this.#menu.id}"]`)
    if (button) this.#menu.elements.model.value = button.value
  }

  get #menu() { return this.querySelector("form") }

  connectedCallback() {
    document.addEventListener("click", this.#open, true)
    // Gives the focus back to that button before a dialog opens, which will do the same later.
    this.addEventListener("submit", () => this.#menu.hidePopover())
  }

  disconnectedCallback() { document.removeEventListener("click", this.#open, true) }
}
customElements.define("row-menu", RowMenu)
