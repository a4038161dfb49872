// <show-password> holds a checkbox that shows the password in the field named by `for`.
class ShowPassword extends HTMLElement {
  connectedCallback() {
    this.hidden = false
    this.addEventListener("change", this)
  }

  disconnectedCallback() {
    this.removeEventListener("change", this)
  }

  handleEvent({ target }) {
    const field = document.getElementById(this.getAttribute("for"))
    if (field) field.type = target.checked ? "text" : "password"
  }
}

customElements.define("show-password", ShowPassword)
