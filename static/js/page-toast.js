// <page-toast> goes away by itself, but not under the pointer or while something in it has the focus.
const STAYS_MS = 10000

class PageToast extends HTMLElement {
  #timer

  connectedCallback() {
    // A reload shall not offer to undo the same thing again.
    if ("once" in this.dataset) history.replaceState(history.state, "", location.pathname)
    this.#timer = setInterval(() => this.matches(":hover, :focus-within") || this.remove(), STAYS_MS)
  }

  disconnectedCallback() { clearInterval(this.#timer) }
}
customElements.define("page-toast", PageToast)
