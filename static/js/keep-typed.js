// <keep-typed>, the last thing in a form, keeps what was typed there when the sign-in has expired, until
// the same person opens the form again in this tab. A form without hx-post is told no answer: what it sent
// is there again if one comes from the sign-in, whose address is in data-after.
const TYPED_IN = "typed:"

class KeepTyped extends HTMLElement {
  #form = null

  connectedCallback() {
    this.#form = this.closest("form")
    this.#form.addEventListener(this.#event, this)
    this.#restore()
  }

  disconnectedCallback() { this.#form.removeEventListener(this.#event, this) }

  handleEvent({ detail }) {
    if (detail?.ctx && detail.ctx.response.status !== 401) return
    sessionStorage.setItem(this.#key, JSON.stringify(this.#fields.map(({ name, value }) => [name, value])))
  }

  get #isPlain() { return "after" in this.dataset }
  get #event() { return this.#isPlain ? "submit" : "htmx:before:response" }
  get #key() { return `${TYPED_IN}${this.dataset.person} ${new URL(this.#form.action).pathname}` }
  get #fields() { return [...this.#form.querySelectorAll("textarea, select, input:not([type=hidden], [type=radio], [type=checkbox])")] }

  #restore() {
    const kept = new Map(JSON.parse(sessionStorage.getItem(this.#key)))
    sessionStorage.removeItem(this.#key)
    if (this.#isPlain && !document.referrer.startsWith(location.origin + this.dataset.after)) return
    for (const field of this.#fields) field.value = kept.get(field.name) ?? field.value
  }
}
customElements.define("keep-typed", KeepTyped)
