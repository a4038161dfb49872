// <jobs-badge data-url> shows how many jobs run: fetched when a socket of the page says that one began or ended.
class JobsBadge extends HTMLElement {
  #heard = ({ detail }) => {
    const { data } = detail.message
    if (data.length > 100 || JSON.parse(data).kind !== "jobs") return
    htmx.ajax("GET", this.dataset.url, { source: this, target: this, swap: "innerHTML" })
  }

  connectedCallback() { document.addEventListener("htmx:ws:before:message:incoming", this.#heard) }
  disconnectedCallback() { document.removeEventListener("htmx:ws:before:message:incoming", this.#heard) }
}
customElements.define("jobs-badge", JobsBadge)
