// Conversations and folders of the list can be dragged into a folder, or out of it: onto whatever
// says with data-folder where it stands. "Move to…" does the same by keyboard.
const MOVES = { conversations: "folder/", folders: "place/" }
const MOVABLE = /^\/(conversations|folders)\/[0-9a-f-]{36}\/$/
const KIND = "application/x-webchat"

let carried = null

function zoneOf(event) { return carried && event.target.closest?.("[data-folder]") }

function light(zone) {
  for (const lit of document.querySelectorAll("[data-folder].lit")) lit.classList.toggle("lit", lit === zone)
  zone?.classList.add("lit")
}

document.addEventListener("dragstart", (event) => {
  const path = event.target.closest?.("a[href]")?.getAttribute("href") ?? ""
  const [, kind] = path.match(MOVABLE) ?? []
  if (!kind) return
  carried = path + MOVES[kind]
  event.dataTransfer.setData(KIND, path)
  event.dataTransfer.effectAllowed = "copyMove"
})

document.addEventListener("dragover", (event) => {
  const zone = zoneOf(event)
  if (carried) light(zone)
  if (zone) event.preventDefault()
})

document.addEventListener("drop", (event) => {
  const zone = zoneOf(event)
  if (!zone) return
  event.preventDefault()
  htmx.ajax("POST", carried, { target: "#toasts", swap: "innerHTML", values: { folder: zone.dataset.folder, dragged: "1" } })
})

document.addEventListener("dragend", () => { light(null); carried = null })
