// <ask-draft> sends its question with Enter; Shift+Enter begins a new line.
class AskDraft extends HTMLElement {
  connectedCallback() { this.addEventListener("keydown", this) }
  disconnectedCallback() { this.removeEventListener("keydown", this) }

  // keyCode 229 is what Safari says while an input method composes.
  handleEvent(event) {
    const { key, shiftKey, isComposing, keyCode, target } = event
    if (key !== "Enter" || shiftKey || isComposing || keyCode === 229 || !target.matches("textarea")) return
    event.preventDefault()
    this.querySelector("button:enabled")?.click()
  }
}
customElements.define("ask-draft", AskDraft)
