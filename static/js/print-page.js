// <print-page> prints the page that it stands on; its button is for those who want to look first.
class PrintPage extends HTMLElement {
  connectedCallback() {
    this.querySelector("button").addEventListener("click", () => print())
  }
}
customElements.define("print-page", PrintPage)
