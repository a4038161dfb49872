// <notify-switch> lets a person have notifications of answers that end while the page is out of sight.
// They name the conversation and hold nothing of what is said in it. The choice is this browser's.
const CHOICE = "notify"

class NotifySwitch extends HTMLElement {
  connectedCallback() {
    if (!isSecureContext || !("Notification" in window)) return
    this.hidden = false
    this.#box.checked = this.#isOn
    this.addEventListener("change", this)
    document.addEventListener("webchat:answered", this)
  }

  disconnectedCallback() { document.removeEventListener("webchat:answered", this) }

  handleEvent({ type, detail }) {
    if (type === "change") this.#choose(this.#box.checked)
    else if (this.#isOn) this.#show(detail)
  }

  get #box() { return this.querySelector("input") }
  get #isOn() { return localStorage.getItem(CHOICE) === "on" && Notification.permission === "granted" }

  async #choose(wanted) {
    localStorage.removeItem(CHOICE)
    const granted = wanted && await Notification.requestPermission() === "granted"
    if (granted) localStorage.setItem(CHOICE, "on")
    this.#box.checked = granted
    this.querySelector("[role=status]").hidden = granted || !wanted
  }

  // Android shows those of a service worker alone.
  async #show({ path, title }) {
    const options = { body: this.dataset.body, icon: this.dataset.icon, tag: path, data: path }
    const worker = await navigator.serviceWorker?.getRegistration()
    if (worker?.active) return worker.showNotification(title, options)
    try {
      const shown = new Notification(title, options)
      shown.onclick = () => { shown.close(); focus(); if (location.pathname !== path) location.assign(path) }
    } catch { /* there is no other way here */ }
  }
}
customElements.define("notify-switch", NotifySwitch)
