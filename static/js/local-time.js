// <local-time> shows the time inside it as this browser's zone and language have it.
class LocalTime extends HTMLElement {
  connectedCallback() {
    const element = this.querySelector("time")
    if (!element) return
    const moment = new Date(element.dateTime)
    const language = document.documentElement.lang
    const isToday = moment.toDateString() === new Date().toDateString()
    const day = isToday ? {} : { day: "numeric", month: "short" }
    element.textContent = moment.toLocaleString(language, { ...day, hour: "2-digit", minute: "2-digit" })
    element.title = moment.toLocaleString(language, { dateStyle: "full", timeStyle: "short" })
  }
}
customElements.define("local-time", LocalTime)
