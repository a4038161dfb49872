// <row-menu> is one menu for all rows: it is about the row whose button opened it.
class RowMenu extends HTMLElement {
  #listen = (event) => {
    const button = event.target.closest?.(`[popovertarget="${this.#menu.id}"]`)
    if (!button) return
    this.#menu.elements.model.value = button.value
    document.querySelector("[data-opened-menu]")?.removeAttribute("data-opened-menu")
    button.dataset.openedMenu = ""
  }
  #close = () => this.#menu.hidePopover()

  get #menu() { return this.querySelector("form") }

  connectedCallback() {
    document.addEventListener("click", this.#listen, true)
    this.addEventListener("submit", this.#close)
  }

  disconnectedCallback() { document.removeEventListener("click", this.#listen, true) }
}
customElements.define("row-menu", RowMenu)
