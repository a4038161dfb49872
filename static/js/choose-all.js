// <choose-all> ticks all boxes of its form, or none, and counts them. Shift and a click tick a range.
class ChooseAll extends HTMLElement {
  #last = null
  #form

  connectedCallback() {
    this.hidden = false
    this.#form = this.closest("form")
    this.#form.addEventListener("click", this)
    this.#form.addEventListener("change", this)
    this.#form.addEventListener("keydown", this)
    // What came ticked is a choice as if made here: rows that are fetched anew leave it.
    for (const box of this.#boxes) box.checked = box.checked
    this.#count()
  }

  handleEvent(event) {
    const { type, target, shiftKey } = event
    const boxes = this.#boxes
    if (type === "keydown" && event.key === "Enter" && target.type === "checkbox") event.preventDefault() // sends nothing
    if (type === "change" && target === this.#all) for (const box of boxes) box.checked = target.checked
    if (type === "click" && boxes.includes(target)) {
      const [from, to] = [boxes.indexOf(this.#last), boxes.indexOf(target)].sort((a, b) => a - b)
      if (shiftKey && from >= 0) for (const box of boxes.slice(from, to)) box.checked = target.checked
      this.#last = target
    }
    if (type === "change") this.#count()
  }

  get #all() { return this.querySelector("input") }
  get #boxes() { return [...this.#form.querySelectorAll("input[name=conversation]")] }

  #count() {
    const boxes = this.#boxes
    const chosen = boxes.filter((box) => box.checked).length
    this.#all.checked = chosen > 0 && chosen === boxes.length
    this.#all.indeterminate = chosen > 0 && chosen < boxes.length
    const { one, many } = this.dataset
    this.querySelector("[role=status]").textContent = chosen === 1 ? one : chosen ? many.replace("%n", chosen) : ""
  }
}
customElements.define("choose-all", ChooseAll)
