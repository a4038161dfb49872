"""The pictures of docs/chat.md."""

import io

from PIL import Image, ImageDraw
from playwright.sync_api import Page, expect

from tests.browser.chat_page import ChatPage
from tests.instance import until
from tools.pictures.models import GEMMA, LLAMA, QWEN
from tools.pictures.stage import Stage

LOG = "time,celsius\n" + "".join(f"2026-11-18 0{n % 10}:15,{11 + n % 4}.2\n" for n in range(90))
TALKS = (
    ("Safety sheet into Polish", "Karta charakterystyki"),
    ("Why does the proxy buffer events?", "Because it waits for a full buffer."),
    ("Wording for the tenants' letter", "Dear tenants, on Monday the water is off."),
    ("Monthly meter totals in SQL", "Group by the month and sum the readings."),
    ("Release notes for 4.2", "The pump house is shown by the minute."),
    ("Why is the pump house log short?", "The power failed on Wednesday: nine hours are missing."),
)
FOLDERS = ("Pump house", "Letters")
SKY = (
    "Short waves are scattered more than long ones, so the blue part of sunlight reaches us from "
    "all over the sky. In the evening its way through the air is longer, most of the blue has "
    "gone, and what is left is red."
)
SKY_OTHERWISE = (
    "Air scatters light, and it scatters **blue** about five times as strongly as red:\n\n"
    "- by day we see the scattered part,\n- at dusk the rest, which is red."
)
MINUTES = "Turn these notes into minutes with decisions and owners:\n\n{{notes}}"
IN_FORCE = "SELECT count(*) FROM inference_model WHERE name = 'llama3.2:3b' AND num_ctx = 4096"
SPEED = 64  # tokens a second
LONG = "The log of the pump house, hour by hour, as it was written down. " * 130


def take(stage: Stage) -> None:
    """Takes them all."""
    servers = {"gpu-1": (LLAMA, GEMMA), "gpu-2": (QWEN,)}
    stage.begin(servers, WEBCHAT_OLLAMA_SLOTS="4", WEBCHAT_TITLES="no")
    ann = stage.instance.visitor("ann").http
    for name in FOLDERS:
        ann.post("/folders/", data={"name": name})
    for question, answer in TALKS:
        _talk(stage, question, answer)
    _order(stage)
    _files(stage)
    _search(stage)
    _beside(stage)
    _settings(stage)
    _context(stage)
    _prompts(stage)


def _talk(stage: Stage, question: str, answer: str) -> None:
    stage.practice["gpu-1"].script(answer=answer)
    ann = stage.instance.visitor("ann")
    ann.http.get(ann.talk(question, model="llama3.2:3b"))  # she has seen it


def _chat(stage: Stage, page: Page, model: str = "llama3.2:3b") -> ChatPage:
    chat = ChatPage(page, stage.instance.url)
    chat.model.select_option(model)
    return chat


def _order(stage: Stage) -> None:
    """Some conversations go into folders and get tags; two are chosen."""
    ann = stage.instance.visitor("ann").http
    rows = stage.instance.database.rows
    folders = dict(rows("SELECT name, id FROM chat_folder"))
    talks = dict(rows("SELECT title, id FROM chat_conversation"))
    for title, folder, tags in (
        ("Monthly meter totals in SQL", "Pump house", "sql, meters"),
        ("Why is the pump house log short?", "Pump house", "meters"),
        ("Wording for the tenants' letter", "Letters", "to send"),
    ):
        ann.post(
            f"/conversations/{_id(talks[title])}/folder/", data={"folder": _id(folders[folder])}
        )
        ann.post(f"/conversations/{_id(talks[title])}/tags/", data={"tags": tags, "names": tags})
    ann.post(f"/conversations/{_id(talks['Release notes for 4.2'])}/pin/", data={"pinned": "1"})
    page = stage.open("ann", "/conversations/listed/", height=640)
    for title in ("Safety sheet into Polish", "Why does the proxy buffer events?"):
        page.get_by_role("checkbox", name=f"Choose {title}").check()
    stage.keep(page, "chat-order")


def _id(value: object) -> str:
    """With its dashes; SQLite keeps it without."""
    text = str(value).replace("-", "")
    return "-".join((text[:8], text[8:12], text[12:16], text[16:20], text[20:]))


def _files(stage: Stage) -> None:
    page = stage.open("ann", "/", height=640)
    chat = _chat(stage, page, "gemma3:12b")
    files = [
        {"name": "pump-house.png", "mimeType": "image/png", "buffer": _chart()},
        {"name": "november.csv", "mimeType": "text/csv", "buffer": LOG.encode()},
    ]
    page.locator("#compose input[type=file]").first.set_input_files(files)  # type: ignore[arg-type]
    for name in ("november.csv", "pump-house.png"):
        expect(page.get_by_text(name)).to_be_visible()
    chat.message.fill("Which hours are missing in the log, and does the chart show it?")
    page.wait_for_load_state("networkidle")
    stage.keep(page, "chat-files")


def _chart() -> bytes:
    """A picture that somebody might attach."""
    chart = Image.new("RGB", (640, 400), "#f4f1ea")
    draw = ImageDraw.Draw(chart)
    heights = [120, 180, 150, 210, 260, 90, 40, 40, 160, 230]
    for number, height in enumerate(heights):
        left = 40 + number * 56
        draw.rectangle((left, 360 - height, left + 36, 360), fill="#1f6f5c")
    written = io.BytesIO()
    chart.save(written, "PNG")
    return written.getvalue()


def _search(stage: Stage) -> None:
    page = stage.open("ann", "/", height=640, dark=True)
    page.keyboard.press("Control+k")
    page.get_by_label("Words to look for").fill("pump hou")
    expect(page.locator("dialog mark").first).to_be_visible()
    stage.keep(page, "chat-search")


def _beside(stage: Stage) -> None:
    page = stage.open("ann", "/", height=640)
    chat = _chat(stage, page)
    stage.practice["gpu-1"].script(answer=SKY, speed=SPEED)
    stage.practice["gpu-2"].script(answer=SKY_OTHERWISE, speed=SPEED)
    page.get_by_role("button", name="Ask several models").click()
    page.get_by_role("checkbox", name="qwen3:8b").check()
    page.keyboard.press("Escape")
    chat.message.fill("Why is the sky blue, and red in the evening?")
    chat.message.press("Enter")
    expect(page.get_by_role("button", name="Go on with this one")).to_have_count(2)
    chat.ends()
    stage.keep(page, "chat-several")


def _settings(stage: Stage) -> None:
    ((talk,),) = stage.instance.database.rows(
        "SELECT id FROM chat_conversation WHERE title LIKE 'Wording%'"
    )
    page = stage.open("ann", f"/conversations/{_id(talk)}/")
    page.get_by_role("button", name="More about this conversation").click()
    page.get_by_role("link", name="Settings of this chat").click()
    page.get_by_label("System prompt").fill(
        "Answer in at most three sentences, in British English."
    )
    page.get_by_label("Temperature").fill("0.2")
    stage.keep(page, "chat-settings")


def _context(stage: Stage) -> None:
    stage.practice["gpu-1"].script(answer="Noted: nothing unusual in these hours.", speed=SPEED)
    page = stage.open("ann", "/", height=640)
    chat = _chat(stage, page)
    for text in ("Here is Monday. " + LONG, "Here is Tuesday. " + LONG, "What stood out?"):
        chat.ask(text)
        chat.ends()
    until(lambda: stage.instance.one(IN_FORCE), "what Ollama has in force is known")
    chat.reload()
    line = page.locator(".cut")
    expect(line).to_be_visible()
    line.evaluate("(line) => scrollTo(0, line.getBoundingClientRect().top + scrollY - 300)")
    stage.keep(page, "chat-context")


def _prompts(stage: Stage) -> None:
    ann = stage.instance.visitor("ann").http
    for name, text in (
        ("Minutes", MINUTES),
        ("Polite no", "Say no to this kindly, and leave the door open: {{request}}"),
        ("Translate", "Translate into {{language}}, keep the tone:\n\n{{text}}"),
    ):
        ann.post("/prompts/new/", data={"name": name, "text": text})
    page = stage.open("ann", "/", width=390, height=700, dark=True)
    chat = _chat(stage, page)
    chat.message.press_sequentially("/")
    expect(page.get_by_role("option", name="Translate")).to_be_visible()
    page.evaluate("HTMLElement.prototype.blur = () => {}")  # the list closes without the focus
    stage.keep(page, "chat-prompts")
