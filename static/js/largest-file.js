// <largest-file> says that the file chosen in its form is larger than is taken, and does not send it: of a
// page that refuses it the browser would come back without the file.
class LargestFile extends HTMLElement {
  #form = null

  connectedCallback() {
    this.#form = this.closest("form")
    this.#form.addEventListener("change", this)
    this.#form.addEventListener("submit", this)
  }

  disconnectedCallback() {
    this.#form.removeEventListener("change", this)
    this.#form.removeEventListener("submit", this)
  }

  handleEvent(event) {
    const field = this.#form.querySelector("input[type=file]")
    const words = this.firstElementChild
    words.hidden = !(field.files[0]?.size > this.dataset.most)
    field.setAttribute("aria-invalid", String(!words.hidden))
    field.setAttribute("aria-describedby", words.hidden ? "" : words.id)
    if (event.type !== "submit" || words.hidden) return
    event.preventDefault()
    field.focus()
  }
}
customElements.define("largest-file", LargestFile)
