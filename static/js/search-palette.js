// <search-palette> holds the search dialog: Ctrl+K or ⌘K and the links to the search open it. In its
// list the arrow keys go up and down while the field keeps the focus; Enter opens what is marked there.
class SearchPalette extends HTMLElement {
  #events = new AbortController()
  #typed = "" // what the list was asked for

  connectedCallback() {
    const { signal } = this.#events
    document.addEventListener("keydown", (event) => this.#shortcut(event), { signal })
    document.addEventListener("click", (event) => this.#click(event), { signal })
    this.#field.addEventListener("keydown", (event) => this.#press(event), { signal })
    this.addEventListener("htmx:before:request", () => { this.#typed = this.#field.value }, { signal })
    this.addEventListener("htmx:after:swap", () => this.#mark(this.#options[0]), { signal })
  }

  disconnectedCallback() { this.#events.abort() }

  get #dialog() { return this.querySelector("dialog") }
  get #field() { return this.querySelector("input") }
  get #options() { return [...this.querySelectorAll("[role=option]")] }
  get #marked() { return this.querySelector("[aria-selected=true]") }

  #open() {
    for (const popover of document.querySelectorAll(":popover-open")) popover.hidePopover()
    if (!this.#dialog.open) this.#dialog.showModal()
    this.#field.select()
  }

  // Browsers that fill in a form by themselves tell of keys without a name.
  #shortcut(event) {
    if (event.key?.toLowerCase() !== "k" || !(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey) return
    event.preventDefault()
    const other = document.querySelector("dialog:modal")
    if (!other || other === this.#dialog) this.#open()
  }

  #click(event) {
    if (event.target === this.#dialog) return this.#dialog.close()
    if (!event.target.closest("[data-palette]") || event.ctrlKey || event.metaKey || event.shiftKey) return
    event.preventDefault()
    this.#open()
  }

  #press(event) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    if (event.isComposing || event.keyCode === 229) return
    if (step && this.#options.length) {
      event.preventDefault()
      const at = this.#options.indexOf(this.#marked) + step
      this.#mark(this.#options.at(at % this.#options.length))
    }
    // Of a list that is not the answer yet nothing is opened: the page of all hits comes instead.
    if (event.key === "Enter" && this.#marked && this.#typed === this.#field.value) {
      event.preventDefault()
      this.#marked.click()
    }
    // In a search field the first Escape would only empty it.
    if (event.key === "Escape") { event.preventDefault(); this.#dialog.close() }
  }

  #mark(option) {
    this.#marked?.setAttribute("aria-selected", "false")
    option?.setAttribute("aria-selected", "true")
    option?.scrollIntoView({ block: "nearest" })
    this.#field.setAttribute("aria-expanded", String(Boolean(option)))
    if (option) this.#field.setAttribute("aria-activedescendant", option.id)
    else this.#field.removeAttribute("aria-activedescendant")
  }
}
customElements.define("search-palette", SearchPalette)
