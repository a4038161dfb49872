// <live-page hx-ws:connect> takes what the socket brings. A frame is applied only where the page shows
// the offset that it starts from; else, and for each hint, the page fetches what stands there now.
const SAVED_MS = 1000 // by then the database holds what a worker in another process wrote

class LivePage extends HTMLElement {
  #applied = null
  #again
  #resync = () => this.#bringUpToDate()

  connectedCallback() {
    this.addEventListener("htmx:ws:before:message:incoming", this)
    this.addEventListener("htmx:ws:after:message:incoming", this)
    document.addEventListener("webchat:resync", this.#resync)
  }

  disconnectedCallback() {
    document.removeEventListener("webchat:resync", this.#resync)
    clearTimeout(this.#again)
  }

  handleEvent({ type, detail }) {
    if (type === "htmx:ws:after:message:incoming") {
      if (this.#applied) this.#show(this.#applied)
      this.#applied = null
      return
    }
    this.#applied = null
    let frame
    try { frame = JSON.parse(detail.message.data) } catch { detail.cancelled = true; return }
    if (frame.kind === "live") this.#check(frame, detail)
    else if (frame.kind === "changed") detail.waitUntil(this.#offset(frame) === frame.to ? this.#fetchRest(frame.message) : this.#fetchMessage(frame.message))
    else if (frame.kind === "thread") detail.waitUntil(this.#catchUp(frame))
    else if (frame.kind === "list") this.#fetchList()
  }

  // What waits here holds up the frames that follow, so that none of them is judged too early.
  #check(frame, detail) {
    const offset = this.#offset(frame)
    if (offset === frame.from) this.#applied = frame
    else if (offset >= frame.to) detail.cancelled = true
    else detail.waitUntil(this.#fetchMessage(frame.message).then(() => {
      detail.cancelled = this.#offset(frame) !== frame.from
      if (detail.cancelled) this.#lookAgain()
      else this.#applied = frame
    }))
  }

  #show(frame) {
    this.#shown(frame.message).dataset.offset = frame.to
    clearTimeout(this.#again)
  }

  #catchUp(frame) {
    this.#lookAgain()
    return this.#isFresh(frame) ? this.#fetchBusy() : Promise.all([this.#fetchThread(frame), this.#fetchList()])
  }

  // What was written before this page could listen shows without waiting for the model to go on.
  #lookAgain() {
    clearTimeout(this.#again)
    this.#again = setTimeout(() => this.#fetchBusy(), SAVED_MS)
  }

  // Whether the page was loaded just now and nothing has changed since. Asked by the first hint only.
  #isFresh({ stamp }) {
    const recent = document.getElementById("recent")?.dataset
    const isFresh = stamp && recent?.stamp === stamp
    delete recent?.stamp
    return isFresh
  }

  #shown(message) { return document.getElementById(`text-${message}`) }

  // The offset that the page shows of this run, or -1.
  #offset({ message, run, epoch }) {
    const shown = this.#shown(message)?.dataset
    return run && shown?.run === run && Number(shown.epoch) === epoch ? Number(shown.offset) : -1
  }

  #fetchMessage(id) {
    const article = document.getElementById(`message-${id}`)
    if (!article) return this.#fetchThread()
    // All of what was written here stays, however long it has become.
    return this.#get(`${this.dataset.messages}${id}/${article.ariaBusy === "true" ? "?text=whole" : ""}`, article, "outerMorph")
  }

  // An answer has ended, and what the page shows of its text stays: a long one is not compared once more.
  async #fetchRest(id) {
    const article = document.getElementById(`message-${id}`)
    const texts = article.querySelectorAll("[id^=text-], [id^=thinking-]")
    for (const text of texts) {
      const open = text.querySelector(":scope > .open")
      open?.replaceWith(...open.childNodes)
    }
    await this.#get(`${this.dataset.messages}${id}/?text=kept`, article, "outerMorph")
    for (const text of texts) text.removeAttribute("hx-morph-skip-children")
  }

  // From the message `at` on the path is another one. `after` says that only what follows it is new.
  async #fetchThread({ at, after } = {}) {
    const recent = document.getElementById("recent")
    if (!recent) return
    const { url } = recent.dataset
    const [first, last] = [recent.querySelector("article"), recent.lastElementChild].map((end) => end?.id.slice("message-".length))
    if (after && after === last) return this.#get(`${url}?after=${after}`, recent, "beforeend")
    const query = new URLSearchParams(Object.entries({ first, at }).filter(([, id]) => id))
    for (const id of this.#busy) query.append("whole", id)
    await this.#get(`${url}?${query}`, recent, "innerMorph")
    if (at && recent.firstElementChild?.id === `message-${at}`) recent.firstElementChild.scrollIntoView()
  }

  #fetchList() {
    const listing = document.getElementById("listing")
    if (listing) this.#get(listing.dataset.url, listing, "innerMorph")
    const list = document.getElementById("conversations")
    return list && this.#get(`${list.dataset.url}?count=${list.querySelectorAll(".day li").length}`, list, "innerMorph")
  }

  // What was written between the loading of the page and the opening of its socket was told to nobody.
  #fetchBusy() {
    const busy = this.#busy
    return busy.length && Promise.all(busy.map((id) => this.#fetchMessage(id)))
  }

  // The ids of the answers that are written: several stand side by side.
  get #busy() { return [...document.querySelectorAll("article[aria-busy=true]")].map(({ id }) => id.slice("message-".length)) }

  #bringUpToDate() {
    if (this.#fetchBusy()) return
    this.#fetchThread()
    this.#fetchList()
  }

  // Each target is its own source, as htmx lets a source have one request at a time.
  // What comes into a page that is out of sight was not seen yet.
  #get(url, target, swap) {
    const unseen = document.hidden ? `${url.includes("?") ? "&" : "?"}unseen=1` : ""
    return htmx.ajax("GET", url + unseen, { source: target, target, swap })
  }
}
customElements.define("live-page", LivePage)
