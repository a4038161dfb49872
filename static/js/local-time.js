// <local-time> shows the time inside it as this browser's zone and language have it.
class LocalTime extends HTMLElement {
  connectedCallback() {
    const element = this.querySelector("time")
    if (!element) return
    const moment = new Date(element.dateTime)
    const { lang } = document.documentElement
    // The reader's own region of the page's language, for its clock of 12 or 24 hours.
    const languages = [...navigator.languages.filter((each) => each.startsWith(lang)), lang]
    const isToday = moment.toDateString() === new Date().toDateString()
    const day = isToday ? {} : { day: "numeric", month: "short" }
    element.textContent = moment.toLocaleString(languages, { ...day, hour: "numeric", minute: "2-digit" })
    element.title = moment.toLocaleString(languages, { dateStyle: "full", timeStyle: "short" })
  }
}
customElements.define("local-time", LocalTime)
