// <live-board> keeps its rows up to date at each hint of the socket. Rows never change places: new ones
// come after the row that they follow, and cells that have the focus or a tick stay as they are.
const AT_MOST_EVERY_MS = 1000

class LiveBoard extends HTMLElement {
  #known = new Map() // by the row's id, as the server last sent it
  #timer
  #again = () => this.refresh()

  connectedCallback() {
    document.addEventListener("webchat:models", this.#again)
    document.addEventListener("webchat:resync", this.#again)
    document.addEventListener("htmx:ws:after:connection", this.#again) // until then nobody told it
  }

  disconnectedCallback() {
    document.removeEventListener("webchat:models", this.#again)
    document.removeEventListener("webchat:resync", this.#again)
    document.removeEventListener("htmx:ws:after:connection", this.#again)
    clearTimeout(this.#timer)
    this.#timer = undefined
  }

  refresh() {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined
      this.#fetch()
    }, AT_MOST_EVERY_MS)
  }

  // With what is looked for: the address of the page does not say it.
  get #address() {
    const address = new URL(location.href)
    const find = document.getElementById("find")
    for (const [name, value] of find ? new FormData(find) : []) address.searchParams.set(name, value)
    return address.href
  }

  async #fetch() {
    const address = this.#address
    const answer = await fetch(address, { headers: { "HX-Request": "true" } }).catch(() => null)
    const html = answer?.ok && (await answer.text().catch(() => null))
    if (!html || address !== this.#address || !this.isConnected) return
    const fresh = new DOMParser().parseFromString(html, "text/html")
    const rows = [...fresh.querySelectorAll("tbody tr")]
    const body = this.querySelector("tbody")
    if (!body || !rows.length) return this.#replace(fresh)
    this.#remove(body, new Set(rows.map((row) => row.id)))
    let last = null
    for (const row of rows) last = this.#place(body, row, last)
    const count = this.querySelector("header small")
    const said = fresh.querySelector("header small").textContent
    if (count.textContent !== said) count.textContent = said
  }

  #replace(fresh) {
    if (!this.querySelector("tbody") && !fresh.querySelector("tbody")) return
    this.replaceChildren(...document.adoptNode(fresh.body).childNodes)
    htmx.process(this)
  }

  // The focus of a row that is gone goes to its neighbour, not to the top of the page.
  #remove(body, there) {
    for (const row of [...body.rows].filter((each) => !there.has(each.id))) {
      const neighbour = row.nextElementSibling ?? row.previousElementSibling
      const focused = row.contains(document.activeElement)
      row.remove()
      if (focused) neighbour?.querySelector("th a")?.focus({ preventScroll: true })
    }
  }

  #place(body, row, last) {
    const shown = document.getElementById(row.id)
    const html = row.innerHTML
    if (!shown) {
      if (last) last.after(row)
      else body.prepend(row)
    } else if (this.#known.get(row.id) !== html) {
      this.#fill(shown, row)
    }
    this.#known.set(row.id, html)
    return shown ?? row
  }

  // Cell by cell, so that the focus, a tick and an open menu stay.
  #fill(shown, row) {
    for (const [at, cell] of [...row.cells].entries()) {
      const old = shown.cells[at]
      if (!old.contains(document.activeElement) && !old.matches(".pick, .tail") && old.innerHTML !== cell.innerHTML) old.replaceWith(cell)
    }
  }
}
customElements.define("live-board", LiveBoard)
