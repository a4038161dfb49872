// <ask-several> says which models are asked besides the chosen one, and offers no more than can be.
class AskSeveral extends HTMLElement {
  #events = new AbortController()

  connectedCallback() {
    document.addEventListener("change", () => this.#show(), { signal: this.#events.signal })
    this.#show()
  }

  disconnectedCallback() { this.#events.abort() }

  #show() {
    const chosen = document.querySelector("select[name=model][form=compose]")?.value
    const boxes = [...this.querySelectorAll("input")]
    for (const box of boxes) if (box.value === chosen) box.checked = false
    const ticked = boxes.filter((box) => box.checked)
    for (const box of boxes) {
      box.disabled = box.value === chosen || (!box.checked && ticked.length >= Number(this.dataset.most))
    }
    const button = this.querySelector("button")
    button.querySelector("bdi").textContent = ticked.map((box) => box.value).join(", ")
    button.setAttribute("aria-label", [button.title, ...ticked.map((box) => box.value)].join(", "))
  }
}
customElements.define("ask-several", AskSeveral)
