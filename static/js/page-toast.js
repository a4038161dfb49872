// <page-toast> goes away by itself, but not under the pointer or while something in it has the focus.
// An open menu would lie over it: then it stands in that.
// Its words come a moment after it: a screen reader says what changes in a status, not what it begins with.
const STAYS_MS = 10000
const SAID_AFTER_MS = 100

class PageToast extends HTMLElement {
  #timer

  connectedCallback() {
    const menu = this.closest("dialog, .menu") ? null : document.querySelector(".menu:popover-open")
    if (menu) {
      menu.querySelector(":scope > page-toast")?.remove()
      return menu.append(this)
    }
    // A reload shall not offer to undo the same thing again.
    if ("once" in this.dataset) history.replaceState(history.state, "", location.pathname)
    const status = this.querySelector("output")
    const words = [...status.childNodes]
    status.replaceChildren()
    setTimeout(() => {
      status.append(...words)
      if (this.closest("dialog, .menu")) this.scrollIntoView({ block: "nearest" })
    }, SAID_AFTER_MS)
    this.#timer = setInterval(() => this.matches(":hover, :focus-within") || this.remove(), STAYS_MS)
  }

  disconnectedCallback() { clearInterval(this.#timer) }
}
customElements.define("page-toast", PageToast)
