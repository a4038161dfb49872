// The list of conversations stands where it was scrolled to from page to page, and shows the row of the page
// that is open. Older rows come as it gets there, so that may take some steps.
const PLACE = "list:place"
const BY_HAND = ["wheel", "touchmove", "pointerdown", "keydown"]

const list = document.getElementById("conversations")
let wanted = list && Number(sessionStorage.getItem(PLACE)) // until it is there, or a hand moves the list

function restore() {
  if (!wanted || !list.checkVisibility()) return
  list.scrollTop = wanted
  if (list.scrollTop >= wanted - 1 || !list.querySelector("[hx-get]")) arrive()
}

function arrive() {
  wanted = 0
  list.querySelector("[aria-current]")?.scrollIntoView({ block: "nearest" })
}

if (list) {
  if (wanted) restore()
  else arrive()
  for (const type of BY_HAND) list.addEventListener(type, () => { wanted = 0 }, { passive: true })
  list.addEventListener("scroll", () => wanted || sessionStorage.setItem(PLACE, list.scrollTop), { passive: true })
  list.addEventListener("htmx:after:swap", restore)
  document.getElementById("sidebar").addEventListener("toggle", ({ newState }) => newState === "open" && (wanted ? restore() : arrive()))
}
