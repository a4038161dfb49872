// <follow-end> keeps the page at its end while text arrives, unless the reader went up; its button then
// leads back. What the reader looks at there stays where it is, whatever changes above it.
const NEAR_PX = 60
const HAIR_PX = 2 // places are rounded
const HAND_MS = 1000 // a page still moves so long after a hand or a key did it
// WebKit scrolls beside the page: after a jump it goes back once more to where the end was before.
const LATE_MS = navigator.vendor.startsWith("Apple") ? 5000 : 0
const KEYS_UP = ["ArrowUp", "PageUp", "Home", " "]
const ASKS = "chat-composer form, .latest, .earlier, .status form, .go-on" // what is answered at the end
const READ = "#thread :is(.prose > :not(.open, .part, earlier-parts), :is(.open, .part) > *, .message > :not(.prose))"

class FollowEnd extends HTMLElement {
  #following = true
  #top = 0 // where the page was scrolled to when it last told
  #moved = -HAND_MS // when the reader last did what moves a page
  #jumped = -LATE_MS // and when it was last moved here
  #anchor // { element, top } of what is read, where that is not the end
  #thread = document.getElementById("thread")
  #sizes = new ResizeObserver(() => this.#settle())
  #events = new AbortController()

  connectedCallback() {
    const on = (type, act, target = document) => target.addEventListener(type, act, { signal: this.#events.signal })
    on("scroll", () => this.#scrolled())
    for (const type of ["wheel", "touchmove", "pointerdown", "keydown"]) on(type, (event) => this.#handled(event))
    on("submit", ({ target }) => {
      if (target.closest(".versions")) this.#stay() // a short version is at its end already, and the next one long
      else if (target.matches(ASKS)) this.#follow()
    })
    on("click", () => this.#follow(), this)
    // What opens or is selected stays under the pointer.
    on("click", ({ target }) => { if (target.closest("summary")) this.#stay() }, this.#thread)
    on("selectionchange", () => { if (this.#isSelecting) this.#stay() })
    on("resize", () => this.#settle(), window)
    on("htmx:ws:after:message:incoming", () => requestAnimationFrame(() => this.#settle()))
    this.#sizes.observe(this.#thread)
    this.#sizes.observe(this.parentElement)
    const aimed = location.hash && document.querySelector(location.hash)
    const last = document.getElementById("recent")?.lastElementChild
    if (!aimed || aimed === last) this.#follow()
    else this.#stay()
  }

  disconnectedCallback() {
    this.#events.abort()
    this.#sizes.disconnect()
  }

  get #distance() {
    const { scrollHeight, clientHeight, scrollTop } = document.documentElement
    return scrollHeight - clientHeight - scrollTop
  }

  get #isSelecting() {
    const selection = getSelection()
    return !selection.isCollapsed && this.#thread.contains(selection.anchorNode)
  }

  #handled({ type, key }) {
    if (type !== "keydown" || KEYS_UP.includes(key)) this.#moved = performance.now()
  }

  // Growing text leaves the end behind without anybody scrolling: only the way up is a reader's, and
  // where it may be WebKit's, one with a hand, or one that leads far, as a search in the page does.
  #scrolled() {
    const { scrollTop, clientHeight } = document.documentElement
    const up = this.#top - scrollTop
    const now = performance.now()
    const isReader = now - this.#jumped >= LATE_MS || now - this.#moved < HAND_MS || up > clientHeight / 2
    if (this.#distance < HAIR_PX || (up < 0 && this.#distance < NEAR_PX)) this.#following = true
    else if (up > 0 && isReader) this.#following = false
    else if (up > 0 && this.#following) return this.#settle()
    this.#note()
  }

  #follow() {
    this.#following = true
    this.#settle()
  }

  #stay() {
    this.#following = false
    this.#note()
  }

  // Something has another size now. A page that got shorter may have been moved to its end by that.
  #settle() {
    const { scrollTop } = document.documentElement
    if (this.#following) this.#jump()
    else if (this.#anchor?.element.isConnected && (scrollTop === this.#top || (scrollTop < this.#top && this.#distance < HAIR_PX))) {
      scrollBy({ top: this.#anchor.element.getBoundingClientRect().top - this.#anchor.top, behavior: "instant" })
    }
    if (this.#distance < HAIR_PX && !this.#isSelecting) this.#following = true
    this.#note()
  }

  #jump() {
    this.#jumped = performance.now()
    scrollTo({ top: document.documentElement.scrollHeight, behavior: "instant" })
  }

  #note() {
    this.#top = document.documentElement.scrollTop
    this.#anchor = this.#following ? undefined : this.#read()
    this.firstElementChild.hidden = this.#following || this.#distance < NEAR_PX
  }

  // The first of what is to be seen of the conversation, and where.
  #read() {
    const { left, width } = this.#thread.getBoundingClientRect()
    for (let y = this.#head; y < innerHeight; y += NEAR_PX / 2) {
      const element = document.elementFromPoint(left + width / 3, y)?.closest(READ)
      if (element) return { element, top: element.getBoundingClientRect().top }
    }
  }

  get #head() { return document.querySelector(".bar").getBoundingClientRect().bottom + 1 }
}
customElements.define("follow-end", FollowEnd)
