// <live-jobs hx-ws:connect data-url data-target> shows jobs as they are now. Figures come ready over the
// socket; what stands at data-url is fetched when a job begins or ends, and as a log grows.
const LOG_MS = 2000

class LiveJobs extends HTMLElement {
  #fetched = Date.now()
  #fetch = () => this.#get()

  connectedCallback() {
    this.addEventListener("htmx:ws:before:message:incoming", this)
    document.addEventListener("webchat:resync", this.#fetch)
  }

  disconnectedCallback() { document.removeEventListener("webchat:resync", this.#fetch) }

  handleEvent({ detail }) {
    let frame
    try { frame = JSON.parse(detail.message.data) } catch { detail.cancelled = true; return }
    if (frame.kind === "models") document.dispatchEvent(new Event("webchat:models"))
    else if (frame.kind === "jobs" && frame.stamp && frame.stamp !== this.#target?.dataset.stamp) this.#get()
    else if (frame.kind === "figures" && "grows" in this.dataset && Date.now() - this.#fetched > LOG_MS) this.#get()
  }

  get #target() { return document.getElementById(this.dataset.target) }

  #get() {
    this.#fetched = Date.now()
    const target = this.#target
    return target && htmx.ajax("GET", this.dataset.url, { source: this, target, swap: "outerMorph" })
  }
}
customElements.define("live-jobs", LiveJobs)
