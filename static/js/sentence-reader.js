// <sentence-reader> gives a running answer to screen readers: each finished sentence once, and its end.
// Of answers side by side it says only which has ended: several at once could not be followed.
const PAUSE_MS = 1500
const SENTENCES = /^[\s\S]*[.!?…:。！？](?=\s|$)/

class SentenceReader extends HTMLElement {
  #busy = null
  #read = 0
  #beside = []
  #timer

  connectedCallback() { this.#timer = setInterval(() => this.#look(), PAUSE_MS) }
  disconnectedCallback() { clearInterval(this.#timer) }

  #look() {
    this.#lookBeside()
    const article = document.querySelector("article[aria-busy=true]:not(.beside > *)")
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

  #lookBeside() {
    const ended = this.#beside.filter((article) => article.isConnected && article.ariaBusy !== "true")
    if (ended.length) this.textContent = ended.map((article) => `${article.ariaLabel}: ${this.dataset.ended}`).join(" ")
    this.#beside = [...document.querySelectorAll(".beside > article[aria-busy=true]")]
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
