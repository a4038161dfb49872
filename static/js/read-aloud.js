// <read-aloud> speaks an answer with a voice of the browser's own, in the answer's language and without its
// code; another press, or another page, ends it. Only voices on this machine: others would send the text away.
const PIECES = /(?:[^.!?。！？\n]|\.(?=\S)){1,200}(?:[.!?。！？\n]+|(?=\s)|$)|\S{1,200}/gu // in longer ones some browsers fall silent
const LETTERS = {
  ja: /[\p{sc=Hiragana}\p{sc=Katakana}]/gu, zh: /\p{sc=Han}/gu, ko: /\p{sc=Hangul}/gu, ru: /\p{sc=Cyrillic}/gu,
  ar: /\p{sc=Arabic}/gu, he: /\p{sc=Hebrew}/gu, el: /\p{sc=Greek}/gu, hi: /\p{sc=Devanagari}/gu, th: /\p{sc=Thai}/gu,
}
const WORDS = {
  en: /\b(the|and|of|is|to|in|it)\b/gi, de: /\b(der|die|das|und|ist|nicht|ein)\b/gi, fr: /\b(le|les|des|est|et|une|pas)\b/gi,
  es: /\b(el|los|las|es|y|una|por)\b/gi, pt: /\b(o|os|as|um|uma|e|n\u00e3o)\b/gi, it: /\b(il|che|di|gli|una|per|non)\b/gi,
}
const synthesis = window.speechSynthesis
let speaking = null

class ReadAloud extends HTMLElement {
  connectedCallback() {
    if (!synthesis) return
    this.#offer()
    this.tell()
    synthesis.addEventListener("voiceschanged", this.#offer)
    this.addEventListener("click", () => speaking === this.#id ? stop() : this.#speak())
  }

  disconnectedCallback() { synthesis?.removeEventListener("voiceschanged", this.#offer) }

  get #id() { return this.dataset.url }

  #offer = () => { this.hidden = !synthesis.getVoices().some((voice) => voice.localService) }

  // Whether it is the one that is heard; a press then ends it.
  tell() { this.querySelector("button").ariaPressed = String(speaking === this.#id) }

  async #speak() {
    stop()
    const prose = this.closest("article").querySelector("[id^=text-]")
    await prose.querySelector("earlier-parts")?.fill().catch(() => {})
    const text = wordsOf(prose)
    const voice = voiceFor(languageOf(text) ?? document.documentElement.lang)
    hear(this.#id)
    for (const piece of text.match(PIECES) ?? []) {
      const said = new SpeechSynthesisUtterance(piece)
      said.voice = voice
      said.lang = voice.lang
      synthesis.speak(said)
    }
    const end = new SpeechSynthesisUtterance("")
    end.voice = voice
    end.onend = () => hear(null)
    synthesis.speak(end)
    this.closest("[popover]")?.hidePopover()
  }
}

function hear(id) {
  speaking = id
  for (const each of document.querySelectorAll("read-aloud")) each.tell()
}

function stop() {
  hear(null)
  synthesis?.cancel()
}

function wordsOf(prose) {
  const code = [...prose.querySelectorAll("figure.code")].map((figure) => figure.innerText)
  return code.reduce((text, each) => text.replace(each, () => "\n"), prose.innerText)
}

// A fifth of other letters tells a language (Japanese before Chinese); among those of ours, the usual words do.
function languageOf(text) {
  const count = (pattern) => text.match(pattern)?.length ?? 0
  const all = count(/\p{L}/gu)
  for (const [language, letters] of Object.entries(LETTERS)) if (count(letters) > all / 5) return language
  const found = Object.entries(WORDS).map(([language, words]) => [count(words), language])
  const [most, language] = found.reduce((one, other) => (other[0] > one[0] ? other : one))
  return most ? language : undefined
}

function voiceFor(language) {
  const own = synthesis.getVoices().filter((voice) => voice.localService)
  return own.find((voice) => voice.lang.startsWith(language)) ?? own.find((voice) => voice.default) ?? own[0]
}

addEventListener("pagehide", stop)
customElements.define("read-aloud", ReadAloud)
