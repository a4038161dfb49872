// <live-activity hx-ws:connect> shows each frame of its socket; without one it asks by HTTP.
class LiveActivity extends HTMLElement {
  #ask = () => {
    const shown = document.getElementById("activity")
    htmx.ajax("GET", shown.dataset.url, { source: shown, target: shown, swap: "innerMorph" })
  }

  connectedCallback() { document.addEventListener("webchat:resync", this.#ask) }
  disconnectedCallback() { document.removeEventListener("webchat:resync", this.#ask) }
}
customElements.define("live-activity", LiveActivity)
