// <fill-composer> puts the text of its links into the composer instead of opening them.
class FillComposer extends HTMLElement {
  connectedCallback() {
    this.addEventListener("click", (event) => {
      const link = event.target.closest("a")
      const field = document.getElementById("message")
      if (!link || !field || event.ctrlKey || event.metaKey || event.shiftKey) return
      event.preventDefault()
      field.value = `${link.textContent.trim()}:\n\n`
      field.dispatchEvent(new Event("input", { bubbles: true }))
      field.focus()
    })
  }
}
customElements.define("fill-composer", FillComposer)
