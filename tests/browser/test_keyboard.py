"""Everything can be reached and done with the keyboard alone, and one sees where one is."""

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

NAME = """() => {
  const element = document.activeElement
  const own = (part) => getComputedStyle(part).outlineStyle !== "none"
  const label = document.getElementById(element.getAttribute("aria-labelledby"))?.textContent
  const name = label ?? element.getAttribute("aria-label") ?? element.innerText.trim()
  return {
    at: element === document.body ? "" : name,
    seen: own(element) || (element.form && own(element.form)),
  }
}"""


def stops(page) -> list[str]:
    """The names of what Tab goes to, once around; fails where the focus cannot be seen."""
    found = []
    for _ in range(60):
        page.page.keyboard.press("Tab")
        stop = page.page.evaluate(NAME)
        if not stop["at"]:
            return found
        assert stop["seen"], stop
        found.append(stop["at"].partition("\n")[0])
    pytest.fail(f"Tab never comes around: {found}")


def test_tab_reaches_everything_in_the_order_of_the_page(visit):
    ada = visit("admin")  # who has no other conversations
    ada.ask("Show me some code")
    ada.ends()
    ada.reload()
    found = stops(ada)
    wanted = [
        "To the conversation",
        "Webchat",
        "New chat",
        "Show me some code",
        "Ada Min",
        "Model",
        "More about this conversation",
        "Copy",
        "Copy the code",
        "Copy",
        "Regenerate",
        "Message",
        "Send",
    ]
    at = 0
    for name in wanted:
        assert name in found[at:], f"{name} is not after {found[:at]} in {found}"
        at = found.index(name, at) + 1


def test_one_asks_stops_and_goes_on_without_a_mouse(visit, practice):
    waits = {"kind": "stall", "after_lines": 30, "times": 1, "path": "/api/chat"}
    words = [f"word{n} " for n in range(60)]
    practice.script(answer=words, faults=waits)
    ann = visit("ann")
    expect(ann.message).to_be_focused()
    ann.page.keyboard.type("Count, please")
    ann.page.keyboard.press("Enter")
    ann.begins("word20")
    ann.loads()
    expect(ann.message).to_be_focused()
    ann.page.keyboard.press("Shift+Tab")
    expect(ann.stop).to_be_focused()
    ann.page.keyboard.press("Enter")
    ann.ends()
    ann.continue_.focus()
    ann.page.keyboard.press("Enter")
    ann.ends()
    expect(ann.text).to_have_text("".join(words).strip())


def test_the_first_tab_leads_past_the_list(visit):
    ann = visit("ann")
    ann.ask("A question")
    ann.ends()
    ann.reload()
    ann.page.keyboard.press("Tab")
    skip = ann.page.get_by_role("link", name="To the conversation")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    ann.page.keyboard.press("Enter")
    ann.page.wait_for_url("**/#main")
    ann.page.keyboard.press("Tab")
    assert ann.page.evaluate("document.activeElement.closest('main') !== null")


def test_the_drawer_opens_and_closes_with_keys(visit):
    ann = visit("ann", width=390)
    opener = ann.page.get_by_role("button", name="Conversations")
    opener.focus()
    ann.page.keyboard.press("Enter")
    expect(ann.conversations).to_be_visible()
    ann.page.keyboard.press("Escape")
    expect(ann.conversations).to_be_hidden()
    expect(opener).to_be_focused()
