"""Files in the composer: picked, pasted, dropped, sent, looked at, on wide and narrow pages."""

import re
from base64 import b64decode
from io import BytesIO

import pytest
from PIL import Image
from playwright.sync_api import expect

from tests.browser.conftest import NARROW
from tests.browser.test_axe import faults, has_no_faults

pytestmark = pytest.mark.browser

SEES = "practice-vision:latest"
CSV = {"name": "gaps.csv", "mimeType": "text/csv", "buffer": "Tag;Länge\n1;12\n".encode("cp1252")}
# Gives the page a picture as a clipboard or a mouse would: the event's name and what carries it.
HAND_OVER = """([type, carrier]) => {
    const canvas = Object.assign(document.createElement("canvas"), { width: 640, height: 400 })
    const pen = canvas.getContext("2d")
    pen.fillStyle = "teal"
    pen.fillRect(0, 0, 640, 400)
    return new Promise((done) => canvas.toBlob((blob) => {
        const transfer = new DataTransfer()
        transfer.items.add(new File([blob], "shot.png", { type: "image/png" }))
        const event = new (type === "paste" ? ClipboardEvent : DragEvent)(type, {
            bubbles: true, cancelable: true, [carrier]: transfer })
        document.getElementById("message").dispatchEvent(event)
        done()
    }))
}"""


def photo(width=1600, height=1200) -> dict:
    """A JPEG as a file chooser hands it over."""
    buffer = BytesIO()
    Image.linear_gradient("L").resize((width, height)).convert("RGB").save(buffer, "JPEG")
    return {"name": "pump house.jpg", "mimeType": "image/jpeg", "buffer": buffer.getvalue()}


def waiting(page):
    return page.page.locator(".composer .waiting li")


def attach(page, which, *files) -> None:
    """Picks files by the button and its menu, and waits until they have arrived."""
    before = waiting(page).count()
    page.page.get_by_role("button", name="Attach files").click()
    with page.page.expect_file_chooser() as chooser:
        page.page.get_by_role("button", name=which).click()
    chooser.value.set_files(list(files))
    expect(waiting(page)).to_have_count(before + len(files))
    expect(waiting(page).locator("progress")).to_have_count(0)


def test_an_image_and_a_text_are_picked_sent_and_looked_at(visit, practice):
    page = visit("ann")
    page.model.select_option(SEES)
    attach(page, "Images", photo())
    attach(page, "Text files", CSV)
    expect(waiting(page)).to_have_count(2)
    expect(waiting(page).nth(0)).to_contain_text("1600 × 1200 px")
    expect(waiting(page).nth(1)).to_contain_text("Windows-1252")
    has_no_faults(page)
    page.reload()
    page.model.select_option(SEES)
    expect(waiting(page)).to_have_count(2)

    page.ask("What is this?")
    page.ends()
    expect(waiting(page)).to_have_count(0)
    [asked] = practice.wait_for_request("/api/chat")
    [message] = asked["body"]["messages"]
    assert message["content"] == ("gaps.csv:\n\n```csv\nTag;Länge\n1;12\n```\n\nWhat is this?")
    assert Image.open(BytesIO(b64decode(message["images"][0]))).size == (1600, 1200)

    page.questions.locator("summary").click()
    expect(page.questions.locator("pre")).to_have_text(re.compile("Länge"))
    has_no_faults(page)
    page.questions.locator(".pictures a").click()
    dialog = page.page.get_by_role("dialog")
    expect(dialog.get_by_role("img")).to_be_visible()
    assert faults(page.page) == []
    page.page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)


def test_images_are_pasted_and_dropped_and_can_be_all_that_is_sent(visit, practice):
    page = visit("ann", width=NARROW)
    page.model.select_option(SEES)
    page.message.focus()
    page.page.evaluate(HAND_OVER, ["paste", "clipboardData"])
    expect(waiting(page)).to_contain_text("shot.png")
    page.page.evaluate(HAND_OVER, ["dragover", "dataTransfer"])
    expect(page.page.locator("#compose")).to_have_css("outline-style", "dashed")
    page.page.evaluate(HAND_OVER, ["drop", "dataTransfer"])
    expect(waiting(page).locator("img")).to_have_count(2)
    page.page.get_by_role("button", name="Remove shot.png").first.click()
    expect(waiting(page)).to_have_count(1)
    has_no_faults(page)
    page.message.press("Enter")
    page.ends()
    [asked] = practice.wait_for_request("/api/chat")
    assert len(asked["body"]["messages"][0]["images"]) == 1
    width = page.page.evaluate("document.documentElement.scrollWidth")
    assert width <= NARROW


def test_what_cannot_be_attached_says_why_beside_it(visit, watch):
    watch.allow("422")
    page = visit("ann")
    page.page.get_by_role("button", name="Attach files").click()
    expect(page.page.get_by_text("These can: practice-vision:latest.")).to_be_visible()
    expect(page.page.get_by_role("button", name="Images")).to_be_hidden()
    page.page.keyboard.press("Escape")
    page.page.evaluate(HAND_OVER, ["paste", "clipboardData"])
    expect(waiting(page)).to_contain_text("cannot see images")
    binary = {"name": "a.bin", "mimeType": "", "buffer": b"\0\1\2\3" * 50}
    attach(page, "Text files", binary)
    expect(waiting(page).nth(1)).to_contain_text("neither an image nor text")
    has_no_faults(page)
    refused = {**binary, "name": "b.bin"}
    attach(page, "Text files", *[CSV] * 5, refused, *[CSV] * 3)
    expect(waiting(page).filter(has_text="b.bin")).to_be_in_viewport(ratio=0.9)
    page.message.fill("Sent without them")
    page.message.press("Enter")
    page.ends()
    expect(page.questions).to_have_count(1)


def test_an_edited_question_keeps_its_image(visit, practice):
    page = visit("ann")
    page.model.select_option(SEES)
    attach(page, "Images", photo())
    page.ask("What is this?")
    page.ends()
    page.page.get_by_role("link", name="Edit the question").click()
    field = page.page.get_by_role("textbox", name="Your question")
    expect(page.page.locator(".revision .waiting li")).to_have_count(1)
    assert faults(page.page) == []
    field.fill("What is that?")
    field.press("Enter")
    page.ends()
    asked = practice.wait_for_request("/api/chat", 2)[1]["body"]["messages"]
    assert (asked[0]["content"], len(asked[0]["images"])) == ("What is that?", 1)


def test_without_javascript_a_file_goes_along_with_the_form(visit):
    page = visit("ann", None, java_script_enabled=False).goto()
    page.page.locator("input[type=file][name=files]").set_input_files([CSV])
    page.message.fill("What is this?")
    page.send.click()
    expect(page.questions).to_contain_text("gaps.csv")
    page.questions.locator("summary").click()
    page.page.get_by_role("link", name="Show the text").click()
    expect(page.page.locator("pre")).to_contain_text("Länge")
