// What a key was pressed on may be gone with the answer to it. The focus then goes to what stands in its
// place, to the button of its menu, or to the field for the next message; never to the top of the page.
let last // { element, id, label, article, opener } of what had the focus, if the keyboard gave it that

function labelOf(element) { return element.getAttribute("aria-label") || element.textContent.trim() }

function usable(element) {
  return element?.isConnected && !element.disabled && element.checkVisibility() && !element.closest("[inert]")
}

function nextTo({ element, id, label, article, opener }) {
  const alike = () => [...(document.getElementById(article)?.querySelectorAll("a, button, summary") ?? [])].find((each) => labelOf(each) === label && usable(each))
  const choices = [() => element, () => id && document.getElementById(id), alike, () => document.querySelector(opener), () => document.getElementById("message"), () => document.getElementById("main")]
  for (const choose of choices) {
    const found = choose()
    if (usable(found)) return found
  }
}

function look() {
  if (!last || document.activeElement !== document.body || document.querySelector("dialog[open]")) return
  if (last.element.isConnected && last.element.disabled) return // while its request is on the way
  const found = nextTo(last)
  last = undefined
  if (found?.tabIndex < 0) found.tabIndex = -1 // the main part of a page that has no field
  found?.focus({ preventScroll: true })
}

document.addEventListener("focusin", ({ target }) => {
  const popover = target.closest("[popover]")
  last = target.matches(":focus-visible") ? {
    element: target, id: target.id, label: labelOf(target), article: target.closest("article")?.id,
    opener: popover && `[popovertarget="${popover.id}"]`,
  } : undefined
})
// Who leaves it for nothing while it is still there means that; a button that is off loses it without.
document.addEventListener("focusout", ({ target, relatedTarget }) => {
  if (!relatedTarget && usable(target)) setTimeout(() => { if (last?.element === target && usable(target)) last = undefined })
})
new MutationObserver(() => {
  if (last && document.activeElement === document.body) setTimeout(look) // others may give it back by then
}).observe(document.body, { childList: true, subtree: true, attributeFilter: ["disabled"] })
