// The keys that work on the whole page; _keys.html lists them.
const FIELDS = "input, textarea, select, [contenteditable]"

function isOverPage() {
  return document.querySelector("dialog[open], :popover-open")
}

document.addEventListener("keydown", (event) => {
  // What has been used, or is a part of a character, means nothing else.
  if (event.defaultPrevented || event.isComposing || event.keyCode === 229) return
  const { key } = event
  if ((event.ctrlKey || event.metaKey) && event.shiftKey && !event.altKey && key.toLowerCase() === "o") {
    event.preventDefault()
    location.assign("/")
  } else if (isOverPage() || event.ctrlKey || event.metaKey || event.altKey) {
    return
  } else if (key === "Escape" && !event.target.closest("chat-composer[data-draft-first], select")) {
    const stops = document.querySelectorAll("form[action$='/cancellation/']")
    ;[...stops].at(-1)?.requestSubmit()
  } else if (key === "?" && !event.target.closest(FIELDS)) {
    event.preventDefault()
    document.getElementById("keys")?.showPopover()
  }
})
