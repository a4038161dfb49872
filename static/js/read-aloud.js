// <read-aloud> speaks an answer with a voice of the browser's own; another press, or another page, ends it.
// Only voices on this machine: others would send the text to somebody else's server.
const LONGEST = 200 // characters: some browsers fall silent in longer utterances
const PIECES = new RegExp(`[^.!?。！？\\n]{1,${LONGEST}}[.!?。！？\\n]*`, "gu")
const synthesis = window.speechSynthesis
let speaking = null

class ReadAloud extends HTMLElement {
  connectedCallback() {
    if (!synthesis) return
    this.#offer()
    synthesis.addEventListener("voiceschanged", this.#offer)
    this.addEventListener("click", () => speaking === this.#id ? stop() : this.#speak())
  }

  disconnectedCallback() { synthesis?.removeEventListener("voiceschanged", this.#offer) }

  get #id() { return this.dataset.url }

  #offer = () => { this.hidden = !synthesis.getVoices().some((voice) => voice.localService) }

  #speak() {
    stop()
    const article = this.closest("article")
    const text = article.querySelector("[id^=text-]").innerText
    const voice = voiceFor(article.closest("[lang]")?.lang ?? "")
    speaking = this.#id
    for (const piece of text.match(PIECES) ?? []) {
      const said = new SpeechSynthesisUtterance(piece)
      said.voice = voice
      said.lang = voice.lang
      synthesis.speak(said)
    }
    const end = new SpeechSynthesisUtterance("")
    end.voice = voice
    end.onend = () => { speaking = null }
    synthesis.speak(end)
    this.closest("[popover]")?.hidePopover()
  }
}

function stop() {
  speaking = null
  synthesis?.cancel()
}

function voiceFor(language) {
  const own = synthesis.getVoices().filter((voice) => voice.localService)
  return own.find((voice) => voice.lang.startsWith(language)) ?? own.find((voice) => voice.default) ?? own[0]
}

addEventListener("pagehide", stop)
customElements.define("read-aloud", ReadAloud)
