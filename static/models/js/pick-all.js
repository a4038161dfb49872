// <pick-all> ticks every row of its table, and shows whether all of them are.
class PickAll extends HTMLElement {
  #box
  #table

  connectedCallback() {
    this.#box = this.querySelector("input")
    this.#table = this.closest("table")
    this.#table.addEventListener("change", this)
  }

  disconnectedCallback() { this.#table.removeEventListener("change", this) }

  handleEvent({ target }) {
    const boxes = [...this.#table.querySelectorAll("tbody [name=model]")]
    if (target === this.#box) for (const box of boxes) box.checked = target.checked
    const ticked = boxes.filter((box) => box.checked).length
    this.#box.checked = ticked > 0 && ticked === boxes.length
    this.#box.indeterminate = ticked > 0 && ticked < boxes.length
  }
}
customElements.define("pick-all", PickAll)
