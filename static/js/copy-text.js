// <copy-text> copies a message: fetched as it was written where it has a URL, else the question beside
// it. The buttons of code blocks copy their block. Works on plain http, where there is no clipboard API.
const SAID_FOR_MS = 2000

// `text`: a string, or a promise of one, which the clipboard takes in the click itself: browsers let
// a page copy for a few seconds after it, and a busy server may need longer.
async function copy(text) {
  const blob = Promise.resolve(text).then((words) => new Blob([words], { type: "text/plain" }))
  blob.catch(() => {}) // told by the await below, where there is no ClipboardItem to tell
  try {
    return await navigator.clipboard.write([new ClipboardItem({ "text/plain": blob })])
  } catch {
    return copyField(await text)
  }
}

function copyField(text) {
  const field = document.createElement("textarea")
  field.value = text
  field.className = "unseen"
  field.readOnly = true
  document.body.append(field)
  field.select()
  const done = document.execCommand("copy")
  field.remove()
  if (!done) throw new Error("copying is not possible here")
}

async function copyAndSay(button, text) {
  const focused = document.activeElement
  try {
    await copy(text)
  } catch {
    document.querySelector("page-trouble")?.say("copy")
    return
  }
  focused?.focus({ preventScroll: true })
  const drawing = button.querySelector("use")
  drawing.setAttribute("href", "#icon-check")
  setTimeout(() => drawing.setAttribute("href", "#icon-copy"), SAID_FOR_MS)
}

class CopyText extends HTMLElement {
  #text = null

  connectedCallback() {
    // Fetched as the finger goes down: some browsers copy only in the click itself.
    this.addEventListener("pointerdown", () => { this.#text = this.#fetch() })
    this.addEventListener("click", (event) => {
      const text = this.#text ?? this.#fetch()
      this.#text = null
      copyAndSay(event.target.closest("button"), text)
    })
  }

  async #fetch() {
    if (!this.dataset.url) return this.closest("article").querySelector(".said").textContent
    // As htmx, or who was signed out would copy the sign-in page.
    const answer = await fetch(this.dataset.url, { headers: { "HX-Request": "true" } })
    if (!answer.ok) throw new Error(answer.statusText)
    return answer.text()
  }
}
customElements.define("copy-text", CopyText)

document.addEventListener("click", (event) => {
  const button = event.target.closest(".prose figure.code [data-copy]")
  if (button) copyAndSay(button, button.closest("figure").querySelector("pre").textContent)
})
