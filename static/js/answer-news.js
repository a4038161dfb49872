// <answer-news> shows in the tab's title that an answer runs or has ended, and tells of those that end
// while nobody looks ("webchat:answered"). As long as one runs, the page hears of it in the background.
const RUNS = "● "
const ENDED = "✓ "
const LIST = "#conversations li > a"

class AnswerNews extends HTMLElement {
  #running = new Map() // from the path of a conversation to its title
  #ended = false
  #base = document.title
  #shown = document.title
  #answers = new MutationObserver(() => this.#look())
  #titles = new MutationObserver(() => this.#retitled())

  connectedCallback() {
    addEventListener("visibilitychange", this, true) // before hx-ws hears of it, which would hang up
    this.#titles.observe(document.head, { childList: true, subtree: true, characterData: true })
    const observe = (id, what) => {
      const part = document.getElementById(id)
      if (part) this.#answers.observe(part, what)
    }
    observe("conversations", { childList: true, subtree: true, attributeFilter: ["class"] }) // of its marks
    observe("recent", { childList: true })
    observe("thread", { subtree: true, attributeFilter: ["aria-busy"] })
    this.#look()
  }

  disconnectedCallback() {
    removeEventListener("visibilitychange", this, true)
    this.#answers.disconnect()
    this.#titles.disconnect()
  }

  handleEvent(event) {
    if (document.hidden && this.#running.size) event.stopImmediatePropagation()
    if (document.hidden || !this.#ended) return
    this.#ended = false
    this.#entitle()
    document.dispatchEvent(new CustomEvent("webchat:resync")) // and the server learns that it was seen
  }

  #look() {
    const before = this.#running
    this.#running = new Map(this.#now())
    const over = [...before].filter(([path]) => !this.#running.has(path) && this.#isThere(path))
    if (over.length && document.hidden) this.#tell(over)
    this.#entitle()
  }

  *#now() {
    for (const row of document.querySelectorAll(`${LIST}:not([aria-current]):has(.mark:not(.ready))`)) {
      yield [row.getAttribute("href"), row.firstElementChild.textContent]
    }
    if (this.#isBusy) yield [location.pathname, document.getElementById("title").textContent]
  }

  get #isBusy() { return document.querySelector("#recent article[aria-busy=true]") !== null }

  // One that was deleted has not ended.
  #isThere(path) {
    if (path === location.pathname) return true
    return document.querySelector(`${LIST}[href="${CSS.escape(path)}"] .ready`) !== null
  }

  #tell(over) {
    this.#ended = true
    for (const [path, title] of over) document.dispatchEvent(new CustomEvent("webchat:answered", { detail: { path, title } }))
    if (!this.#running.size) document.dispatchEvent(new Event("visibilitychange")) // hx-ws may hang up now
  }

  #retitled() {
    if (document.title === this.#shown) return
    this.#base = document.title
    this.#entitle()
  }

  #entitle() {
    this.#shown = (this.#ended ? ENDED : this.#isBusy ? RUNS : "") + this.#base
    if (document.title !== this.#shown) document.title = this.#shown
  }
}
customElements.define("answer-news", AnswerNews)
