// <chat-composer> sends with Enter and keeps what is typed as a draft of this tab until it is sent. In
// an empty one, ArrowUp opens the last question to be edited, in another one; there, Escape gives up.
const LIVES_IN = "draft:"
const ASKED = "asked"

class ChatComposer extends HTMLElement {
  #sent = null
  #swaps = new MutationObserver(() => this.#restore())

  connectedCallback() {
    for (const type of ["keydown", "input", "click", "htmx:before:request", "htmx:after:request"]) this.addEventListener(type, this)
    this.#swaps.observe(this, { childList: true })
    this.#restore()
    this.#arrive()
  }

  disconnectedCallback() {
    this.#swaps.disconnect()
    if (this.#isRevision) setTimeout(() => this.#giveBackFocus()) // once the question stands there again
  }

  handleEvent(event) {
    if (event.type === "keydown") this.#press(event)
    else if (event.type === "input") this.#keep()
    else if (event.type === "click") this.#click(event)
    else if (!event.detail.ctx.sourceElement.matches("form")) return
    else if (event.type === "htmx:before:request") this.#sent = this.#field.value
    else if (event.detail.ctx.response.status < 300) this.#accepted(event.detail.ctx.response)
  }

  get #field() { return this.querySelector("textarea") }
  get #isRevision() { return "draftFirst" in this.dataset }
  get #key() { return LIVES_IN + this.dataset.draft }

  // keyCode 229 is what Safari says while an input method composes.
  #press(event) {
    if (event.isComposing || event.keyCode === 229) return
    if (event.key === "Escape") this.querySelector("a.cancel")?.click()
    if (event.target !== this.#field) return // buttons have keys of their own
    if (event.key === "ArrowUp" && !this.#field.value) this.#editLast(event)
    if (event.key !== "Enter" || event.shiftKey) return
    event.preventDefault()
    if (this.#field.value.trim() || this.querySelector(".waiting li")) this.querySelector("form").requestSubmit(this.querySelector("button.primary:enabled"))
  }

  #editLast(event) {
    const pencil = [...document.querySelectorAll("a.edit")].at(-1)
    if (!pencil || this.#isRevision) return
    event.preventDefault()
    pencil.click()
  }

  // Who gives up an edit gives up its draft, too.
  #click(event) { if (event.target.closest("a.cancel")) sessionStorage.removeItem(this.#key) }

  #giveBackFocus() {
    if (document.activeElement !== document.body) return
    const pencil = document.getElementById(`edit-${this.dataset.draft}`)
    ;(pencil ?? document.getElementById("message"))?.focus({ preventScroll: true })
  }

  #keep() {
    if (this.#field.value) sessionStorage.setItem(this.#key, this.#field.value)
    else sessionStorage.removeItem(this.#key)
    this.#fit()
  }

  // What was typed while the request was on its way stays.
  #accepted({ headers }) {
    if (this.#field.value === this.#sent) sessionStorage.removeItem(this.#key)
    this.#sent = null
    if (headers.has("HX-Redirect")) sessionStorage.setItem(ASKED, "")
  }

  // The first question leads to a page of its own, where one goes on writing; on a phone one reads first.
  #arrive() {
    if (sessionStorage.getItem(ASKED) === null) return
    sessionStorage.removeItem(ASKED)
    if (matchMedia("(pointer: fine)").matches) this.#field.focus({ preventScroll: true })
  }

  #restore() {
    const draft = sessionStorage.getItem(this.#key)
    if (this.#field && draft && (this.#isRevision || !this.#field.value)) this.#field.value = draft
    this.#fit()
  }

  // For browsers without `field-sizing`.
  #fit() {
    if (!this.#field || CSS.supports("field-sizing", "content")) return
    this.#field.style.height = "auto"
    this.#field.style.height = `${this.#field.scrollHeight}px`
  }
}
customElements.define("chat-composer", ChatComposer)
