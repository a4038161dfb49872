// <earlier-parts> stands in a far too long answer for the parts that the page has not got, up to that of its
// number data-last. Who comes near from below gets the one before what is there, and who comes from above, as
// with Home, the first; its link brings all. What is read stays where it is.
const AHEAD_PX = 2000
const CALM_MS = 100 // nothing comes while the page moves by more than half its height in this time

class EarlierParts extends HTMLElement {
  #first = 0 // parts before it have come
  #isBringing = false
  #queue = Promise.resolve() // one request at a time
  #near = new IntersectionObserver(([{ isIntersecting }]) => isIntersecting && this.#bring(), { rootMargin: `${AHEAD_PX}px` })
  #events = new AbortController()

  connectedCallback() {
    const on = (element, act) => element.addEventListener("click", act, { signal: this.#events.signal })
    on(this.#link, (event) => this.#show(event))
    on(this.parentElement, (event) => this.#findNote(event))
    this.#near.observe(this)
  }

  disconnectedCallback() {
    this.#near.disconnect()
    this.#events.abort()
  }

  // Brings all that is missing.
  fill() { return this.#inTurn(() => this.#load(this.#first, this.#last)) }

  get #link() { return this.querySelector("a") }
  get #last() { return Number(this.dataset.last) }
  get #top() { return this.getBoundingClientRect().top }
  get #isNear() { return this.#top > -AHEAD_PX && this.#top < innerHeight + AHEAD_PX }
  get #isSeenFromAbove() { return this.#top > document.querySelector(".bar").getBoundingClientRect().bottom }

  #inTurn(act) {
    const done = this.#queue.then(() => this.isConnected && act())
    this.#queue = done.catch(() => {})
    return done
  }

  async #bring() {
    if (this.#isBringing) return
    this.#isBringing = true
    try {
      await this.#isCalm()
      await this.#inTurn(() => this.#bringOne())
      this.#near.unobserve(this) // to be told anew where it stands
      if (this.isConnected) this.#near.observe(this)
    } catch { // it says so
    } finally { this.#isBringing = false }
  }

  async #isCalm() {
    for (let before = Infinity; Math.abs(scrollY - before) > innerHeight / 2;) {
      before = scrollY
      await new Promise((done) => setTimeout(done, CALM_MS))
    }
  }

  async #bringOne() {
    if (!this.#isNear) return
    if (this.#isSeenFromAbove) await this.#load(this.#first, this.#first + 1)
    else await this.#load(this.#last - 1, this.#last)
  }

  async #load(first, last) {
    const answer = await this.#fetch(first, last)
    this.querySelector("span").hidden = answer?.ok
    if (!answer?.ok) throw Object.assign(new Error("parts did not come"), { status: answer?.status })
    const html = await answer.text()
    if (!this.isConnected) return
    const next = this.nextElementSibling
    const kept = this.#isSeenFromAbove ? this.previousElementSibling ?? this.parentElement : next
    const top = kept.getBoundingClientRect().top
    this.insertAdjacentHTML(first === this.#first ? "beforebegin" : "afterend", html)
    if (first === this.#first) this.#first = last
    else this.dataset.last = first
    if (this.#first === this.#last) this.remove()
    scrollBy({ top: kept.getBoundingClientRect().top - top, behavior: "instant" })
  }

  #fetch(first, last) {
    return fetch(`${this.dataset.url}?first=${first}&last=${last}`, { headers: { "HX-Request": "true" } }).catch(() => undefined)
  }

  async #show(event) {
    event.preventDefault()
    const { parentElement: text, previousElementSibling: before } = this
    try {
      await this.fill()
    } catch ({ status }) {
      if (status) location.assign(this.#link.href) // which knows what stands there now
      else document.querySelector("page-trouble")?.say("network")
      return
    }
    const begun = before ? before.nextElementSibling : text.firstElementChild
    begun.tabIndex = -1
    begun.focus()
  }

  // A footnote or the way back from it may lead to what is not there yet.
  async #findNote(event) {
    const { hash } = event.target.closest("a[href^='#']") ?? {}
    if (!hash || document.getElementById(hash.slice(1))) return
    event.preventDefault()
    await this.fill().then(() => { location.hash = hash }, () => {})
  }
}
customElements.define("earlier-parts", EarlierParts)

// A text that is all there, or in part, and the same as what comes now, stays as it stands on the page.
window.htmx?.registerExtension("same-text", {
  htmx_before_morph_node: (_, { oldNode, newNode }) => !oldNode.dataset?.size || oldNode.dataset.size !== newNode.dataset.size,
})
