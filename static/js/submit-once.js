// Of a double click on a form's button one is sent. Forms of htmx see to that by themselves.
const DOUBLE_MS = 2000 // who stopped a page that did not come may try again

const sent = new WeakMap()

document.addEventListener("submit", (event) => {
  const form = event.target
  if (event.defaultPrevented || form.method !== "post" || form.matches("[hx-post]")) return
  if (event.timeStamp - sent.get(form) < DOUBLE_MS) event.preventDefault()
  else sent.set(form, event.timeStamp)
})
