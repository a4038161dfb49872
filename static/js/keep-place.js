// <keep-place> is replaced by older messages; what the reader sees stays where it is.
class KeepPlace extends HTMLElement {
  connectedCallback() {
    this.addEventListener("htmx:before:swap", () => {
      const next = document.querySelector("#thread article")
      const top = next.getBoundingClientRect().top
      const settle = () => scrollBy({ top: next.getBoundingClientRect().top - top, behavior: "instant" })
      new MutationObserver((_, observer) => { observer.disconnect(); settle() })
        .observe(this.parentElement, { childList: true })
    })
  }
}
customElements.define("keep-place", KeepPlace)
