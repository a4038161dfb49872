// <show-dialog> opens the dialog in it over the page. It goes when that is closed, and gives the focus
// back to the button that it was opened with, or to the one whose menu it was chosen from. A press beside
// it closes it, unless something was entered in it.
class ShowDialog extends HTMLElement {
  #back
  #began = false // where the mouse was let go alone says little: text may have been selected
  #isWritten = false

  connectedCallback() {
    const from = document.activeElement
    // A button that is off while its request is on the way has lost the focus; its menu is still open.
    const menu = from === document.body ? [...document.querySelectorAll(":popover-open")].at(-1) : from.closest("[popover]")
    this.#back = () => (menu ? document.querySelector(`[popovertarget="${menu.id}"]`) : from)
    const dialog = this.querySelector("dialog")
    dialog.addEventListener("close", () => this.remove())
    dialog.addEventListener("submit", (event) => event.submitter?.formMethod === "dialog" && event.stopPropagation(), { capture: true })
    dialog.addEventListener("input", () => { this.#isWritten = true })
    dialog.addEventListener("pointerdown", (event) => { this.#began = isBeside(dialog, event) })
    dialog.addEventListener("click", (event) => {
      if (this.#began && isBeside(dialog, event) && !this.#isWritten) dialog.close()
    })
    dialog.showModal()
  }

  disconnectedCallback() { this.#back()?.focus({ preventScroll: true }) }
}

function isBeside(dialog, { target, clientX, clientY }) {
  const { left, right, top, bottom } = dialog.getBoundingClientRect()
  return target === dialog && (clientX < left || clientX > right || clientY < top || clientY > bottom)
}

customElements.define("show-dialog", ShowDialog)
