// <offer-prompts> lists a person's prompts while a message begins with "/". The field keeps the focus;
// the arrow keys go up and down, Enter or Tab takes what is marked, Escape closes the list.
class OfferPrompts extends HTMLElement {
  #events = new AbortController()
  #closed = false // by Escape, until the "/" is taken away
  #fetched = false

  connectedCallback() {
    const { signal } = this.#events
    this.#field.addEventListener("input", () => this.#look(), { signal })
    this.#field.addEventListener("keydown", (event) => this.#press(event), { signal })
    this.#field.addEventListener("blur", () => this.#close(), { signal })
    this.addEventListener("mousedown", (event) => event.preventDefault(), { signal })
    this.addEventListener("click", (event) => this.#take(event.target.closest("[role=option]")), { signal })
  }

  disconnectedCallback() { this.#events.abort() }

  get #field() { return this.closest("form").querySelector("textarea") }
  get #list() { return this.querySelector("[role=listbox]") }
  get #shown() { return [...this.querySelectorAll("[role=option]:not([hidden])")] }
  get #marked() { return this.querySelector("[aria-selected=true]") }

  async #look() {
    const typed = this.#field.value
    if (!/^\/[^\n]{0,60}$/.test(typed)) this.#closed = this.#fetched = false
    if (!/^\/[^\n]{0,60}$/.test(typed) || this.#closed) return this.#close()
    if (!this.#fetched) {
      this.#fetched = true
      const html = await answer(this.dataset.url)
      if (html === null) return (this.#fetched = false)
      this.#list.innerHTML = html
    }
    this.#filter(this.#field.value)
  }

  #filter(typed) {
    if (!typed.startsWith("/") || document.activeElement !== this.#field) return this.#close()
    const wanted = typed.slice(1).trim().toLocaleLowerCase()
    for (const option of this.querySelectorAll("[role=option]")) {
      option.hidden = !option.querySelector("bdi").textContent.toLocaleLowerCase().includes(wanted)
    }
    this.hidden = !this.#shown.length && typed !== "/"
    this.#mark(this.#shown[0])
  }

  #press(event) {
    if (this.hidden || event.isComposing || event.keyCode === 229) return
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    const takes = ["Enter", "Tab"].includes(event.key) && !event.shiftKey && this.#marked
    if (!step && !takes && event.key !== "Escape") return
    event.preventDefault()
    event.stopPropagation() // here it sends nothing, stops nothing and edits nothing
    if (step) this.#mark(this.#shown.at((this.#shown.indexOf(this.#marked) + step) % this.#shown.length))
    else if (takes) this.#take(this.#marked)
    else { this.#closed = true; this.#close() }
  }

  #mark(option) {
    this.#marked?.setAttribute("aria-selected", "false")
    option?.setAttribute("aria-selected", "true")
    option?.scrollIntoView({ block: "nearest" })
    if (option) this.#field.setAttribute("aria-activedescendant", option.id)
    else this.#field.removeAttribute("aria-activedescendant")
  }

  async #take(option) {
    if (!option) return
    this.#close()
    const { url, asks } = option.dataset
    if (asks !== undefined) return htmx.ajax("GET", url, { target: "#dialogs", swap: "innerHTML" })
    const text = await answer(url, new FormData(this.closest("form")))
    if (text !== null) put(text)
  }

  #close() {
    this.hidden = true
    this.#mark(null)
  }
}
customElements.define("offer-prompts", OfferPrompts)

// <fill-prompt> puts the text that the form in it makes into the composer.
class FillPrompt extends HTMLElement {
  connectedCallback() {
    this.addEventListener("submit", (event) => event.submitter?.formMethod !== "dialog" && this.#fill(event))
  }

  async #fill(event) {
    event.preventDefault()
    const text = await answer(event.target.action, new FormData(event.target))
    if (text === null) return this.querySelector("[role=alert]").replaceChildren(this.dataset.lost)
    const dialog = this.closest("dialog")
    dialog.addEventListener("close", () => setTimeout(() => put(text)), { once: true })
    dialog.close()
  }
}
customElements.define("fill-prompt", FillPrompt)

// What the server answers, as text; null if it did not, or wants one to sign in.
async function answer(url, form) {
  const body = form && new URLSearchParams([...form].filter(([name]) => ["csrfmiddlewaretoken", "value"].includes(name)))
  try {
    const response = await fetch(url, { method: body ? "POST" : "GET", body, headers: { "HX-Request": "true" } })
    return response.ok && !response.redirected && !response.headers.has("HX-Redirect") ? await response.text() : null
  } catch { return null }
}

function put(text) {
  const field = document.getElementById("message")
  field.value = text
  field.dispatchEvent(new Event("input", { bubbles: true }))
  field.focus()
}
