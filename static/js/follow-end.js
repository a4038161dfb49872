// <follow-end> keeps the page at its end while text arrives, unless the reader scrolled up; its button
// then leads back to the end.
const NEAR_PX = 60

class FollowEnd extends HTMLElement {
  #following = true
  #top = 0 // where the page was scrolled to when it last told
  #sizes = new ResizeObserver(() => this.#following ? this.#jump() : this.#offer())

  connectedCallback() {
    addEventListener("scroll", this, { passive: true })
    this.addEventListener("click", this)
    document.addEventListener("submit", this)
    this.#sizes.observe(document.getElementById("thread"))
    const aimed = document.getElementById(location.hash.slice(1))
    const last = document.getElementById("recent")?.lastElementChild
    if (!aimed || aimed === last) this.#jump()
    else this.#following = false
  }

  disconnectedCallback() {
    removeEventListener("scroll", this)
    document.removeEventListener("submit", this)
    this.#sizes.disconnect()
  }

  handleEvent({ type, target }) {
    if (type === "submit" && target.matches("[data-stay]")) return
    const { scrollTop } = document.documentElement
    const wanted = type !== "scroll" // who asks something wants to see the answer
    if (wanted) this.#jump()
    // Growing text leaves the end behind without anybody scrolling: only the way up is a reader's.
    if (wanted || this.#distance() < NEAR_PX) this.#following = true
    else if (scrollTop < this.#top) this.#following = false
    this.#top = scrollTop
    this.#offer()
  }

  #distance() {
    const { scrollHeight, clientHeight, scrollTop } = document.documentElement
    return scrollHeight - clientHeight - scrollTop
  }

  #jump() { scrollTo({ top: document.documentElement.scrollHeight, behavior: "instant" }) }

  #offer() { this.firstElementChild.hidden = this.#following || this.#distance() < NEAR_PX }
}
customElements.define("follow-end", FollowEnd)
