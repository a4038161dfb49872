// <sentence-reader> gives a running answer to screen readers: each finished sentence once, and its end.
const PAUSE_MS = 1500
const SENTENCES = /^[\s\S]*[.!?…:。！？](?=\s|$)/

class SentenceReader extends HTMLElement {
  #busy = null
  #read = 0
  #timer

  connectedCallback() { this.#timer = setInterval(() => this.#look(), PAUSE_MS) }
  disconnectedCallback() { clearInterval(this.#timer) }

  #look() {
    const article = document.querySelector("article[aria-busy=true]")
    if (article && article.id !== this.#busy) {
      this.#busy = article.id
      this.#read = this.#text(article).length // what stood there before is not news
      this.textContent = article.querySelector(".status b")?.textContent ?? ""
    } else if (article) {
      this.#say(this.#text(article).slice(this.#read).match(SENTENCES)?.[0] ?? "")
    } else if (this.#busy) {
      const ended = document.getElementById(this.#busy)
      const state = ended?.querySelector(".status p")?.textContent ?? this.dataset.ended
      if (ended) this.#say(`${this.#text(ended).slice(this.#read)} `)
      this.textContent += state
      this.#busy = null
    }
  }

  #say(sentences) {
    if (!sentences) return
    this.#read += sentences.length
    this.textContent = sentences
  }

  #text(article) {
    const texts = article.querySelectorAll("[id^=text-]")
    return [...texts].map((text) => text.textContent).join("")
  }
}
customElements.define("sentence-reader", SentenceReader)
