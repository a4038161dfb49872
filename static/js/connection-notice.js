// <connection-notice> says when the socket is down, and has the page ask by HTTP until it is back.
const POLL_MS = 2000
const PATIENCE_MS = 1500 // a socket that is back sooner is not worth a word
const SILENCE_MS = 15000 // of a running answer, after which the page asks in spite of an open socket
const FETCHED = "article, #recent, #conversations, #listing" // what the page brings up to date by itself
const FINAL = { 4401: "signed-out", 4404: "gone" }

class ConnectionNotice extends HTMLElement {
  #connection = null
  #down = false
  #heard = Date.now()
  #timers = []
  #events = new AbortController()

  connectedCallback() {
    const { signal } = this.#events
    const on = (type, act, target = document) => target.addEventListener(type, act, { signal })
    on("htmx:ws:close", ({ detail }) => this.#lost(detail))
    on("htmx:ws:after:connection", () => this.#back())
    on("htmx:ws:before:message:incoming", () => { this.#heard = Date.now() })
    on("htmx:before:request", ({ detail }) => { detail.ctx.heard = this.#heard })
    on("htmx:finally:request", ({ detail }) => this.#acted(detail.ctx))
    on("htmx:before:response", (event) => this.#leave(event))
    on("htmx:response:error", ({ detail }) => this.#refused(detail.ctx))
    on("online", () => this.#retry(), window)
    on("pageshow", (event) => event.persisted && this.#resync(), window)
    on("click", (event) => event.target.closest("button") && this.#retry(), this)
    this.#timers = [setInterval(() => this.#tick(), POLL_MS)]
  }

  disconnectedCallback() {
    this.#events.abort()
    this.#timers.forEach(clearInterval)
  }

  #lost({ connection, code }) {
    this.#connection = connection
    if (document.hidden || this.#down) return
    this.#down = FINAL[code] ?? "lost"
    if (this.#down === "lost") setTimeout(() => this.#say(), PATIENCE_MS)
    else this.#say()
  }

  // What the page fetches by itself leads nobody away to sign in who may be writing just now.
  #leave(event) {
    const { response, sourceElement } = event.detail.ctx
    if (response.status !== 401 || !sourceElement.matches(FETCHED)) return
    event.preventDefault()
    this.#down = "signed-out"
    this.#say()
  }

  // Deleted in another window: the socket stays, but what it tells of is not there to be fetched.
  #refused({ request, response, target }) {
    if (request.method !== "GET" || response.status !== 404 || !target?.closest("#thread")) return
    this.#down = "gone"
    this.#say()
  }

  #back() {
    this.#down = false
    this.#heard = Date.now()
    this.hidden = true
  }

  #say() {
    if (!this.#down) return
    for (const part of this.querySelectorAll("[data-when]")) part.hidden = part.dataset.when !== this.#down
    const link = this.querySelector("a[data-when=signed-out]")
    link.search = `?next=${encodeURIComponent(location.pathname)}`
    this.hidden = false
  }

  // hx-ws opens its socket anew when the page comes back to the front; its timer would do so again.
  #retry() {
    if (this.#down !== "lost") return
    clearTimeout(this.#connection?.timer)
    document.dispatchEvent(new Event("visibilitychange"))
    this.#resync()
  }

  #tick() {
    if (document.hidden || this.#down === "signed-out") return
    const busy = document.querySelector("article[aria-busy=true]")
    if (this.#down === "lost" || (busy && Date.now() - this.#heard > SILENCE_MS)) this.#resync()
  }

  // Without a socket nobody tells the page what its own form has done; with one, that may get lost.
  #acted(ctx) {
    if (ctx.request.method !== "POST") return
    if (this.#down === "lost") this.#resync()
    else setTimeout(() => { if (this.#heard === ctx.heard && !this.#down) this.#resync() }, PATIENCE_MS)
  }

  #resync() {
    this.#heard = Date.now()
    document.dispatchEvent(new CustomEvent("webchat:resync"))
  }
}
customElements.define("connection-notice", ConnectionNotice)
