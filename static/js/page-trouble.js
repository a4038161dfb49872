// <page-trouble> says when something that a person did could not reach the server, or broke there.
const WORDS = { 403: "outdated", 404: "gone", 413: "large", 503: "busy", 507: "full" }
const ACTED = "a, button, details, [role=search]" // what people press, and look for; what the page fetches by itself is asked for again

class PageTrouble extends HTMLElement {
  connectedCallback() {
    document.addEventListener("htmx:error", this)
    document.addEventListener("htmx:response:error", this)
  }

  disconnectedCallback() {
    document.removeEventListener("htmx:error", this)
    document.removeEventListener("htmx:response:error", this)
  }

  handleEvent({ type, detail: { ctx } }) {
    if (ctx?.request?.method !== "POST" && !ctx?.sourceElement?.matches(ACTED)) return
    const status = ctx.response?.status ?? 0
    this.say(type === "htmx:error" ? "network" : (WORDS[status] ?? (status >= 500 ? "server" : "")))
  }

  say(kind) {
    const words = this.querySelector(`template[data-trouble="${kind}"]`)
    if (!words) return
    const dialog = document.querySelector("dialog[open]") // which covers the toasts
    dialog?.querySelector(":scope > page-toast")?.remove()
    if (!dialog) return document.getElementById("toasts").replaceChildren(words.content.cloneNode(true))
    dialog.append(words.content.cloneNode(true))
  }
}
customElements.define("page-trouble", PageTrouble)
