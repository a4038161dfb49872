// <temporary-chat> tells the server that its page is open, and when it is left: what no page shows any
// more is erased. A reload says that it is left after the new page was asked for, so that one speaks up.
const BEAT_MS = 45000

class TemporaryChat extends HTMLElement {
  #timer
  #tell = () => fetch(this.dataset.url, { method: "POST", body: this.#body(), keepalive: true }).catch(() => {})
  #leave = () => navigator.sendBeacon(this.dataset.url, this.#body({ closed: "1" }))
  #show = (event) => event.persisted && this.#tell()

  connectedCallback() {
    this.#tell()
    this.#timer = setInterval(this.#tell, BEAT_MS)
    addEventListener("pagehide", this.#leave)
    addEventListener("pageshow", this.#show)
  }

  disconnectedCallback() {
    clearInterval(this.#timer)
    removeEventListener("pagehide", this.#leave)
    removeEventListener("pageshow", this.#show)
  }

  #body(more = {}) {
    const { name, value } = this.querySelector("[name=csrfmiddlewaretoken]")
    const body = new FormData()
    for (const [key, each] of Object.entries({ [name]: value, ...more })) body.append(key, each)
    return body
  }
}
customElements.define("temporary-chat", TemporaryChat)
