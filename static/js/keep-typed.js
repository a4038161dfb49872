// <keep-typed>, the last thing in a form, keeps what was typed there when the sign-in had expired, until
// the same person opens the form again in this tab.
const TYPED_IN = "typed:"

class KeepTyped extends HTMLElement {
  #form = null

  connectedCallback() {
    this.#form = this.closest("form")
    this.#form.addEventListener("htmx:before:response", this)
    this.#restore()
  }

  disconnectedCallback() { this.#form.removeEventListener("htmx:before:response", this) }

  handleEvent({ detail: { ctx } }) {
    if (ctx.response.status === 401) sessionStorage.setItem(this.#key, JSON.stringify(this.#fields.map(({ name, value }) => [name, value])))
  }

  get #key() { return `${TYPED_IN}${this.dataset.person} ${this.#form.getAttribute("action")}` }
  get #fields() { return [...this.#form.querySelectorAll("textarea, select, input:not([type=hidden], [type=radio], [type=checkbox])")] }

  #restore() {
    const kept = new Map(JSON.parse(sessionStorage.getItem(this.#key)))
    sessionStorage.removeItem(this.#key)
    for (const field of this.#fields) field.value = kept.get(field.name) ?? field.value
  }
}
customElements.define("keep-typed", KeepTyped)
