"""Nothing that a model, a person or a server writes runs in a reader's page, live or stored."""

import random

import pytest
from playwright.sync_api import expect

from tests.browser.database import change
from tests.inference.live.payloads import BLOCKS, CODE, LINKS, MATHS, PAYLOADS, RAW_HTML, SIGN

pytestmark = pytest.mark.browser

RAN = SIGN.removesuffix("()")
TRAP = f"window.ran = []; window.{RAN} = () => window.ran.push(new Error().stack)"
# Selectors of what only our own templates may bring, never the text of a message.
FOREIGN = ", ".join(
    [
        "script, style, iframe, object, embed, form, img, link, meta, base, template, textarea",
        "select, svg:not(.icon), hx-partial, [style], [name], [is], [autofocus], [srcdoc]",
        "a[href^='javascript' i], a[href^='data' i], a[href^='vbscript' i], a[href^='/']",
    ]
)
LIVE_ATTRIBUTES = """(all) => all.flatMap((prose) => [...prose.querySelectorAll("*")]).flatMap(
  (element) => element.getAttributeNames().filter((name) => /^(data-)?hx-|^on|^ws-/i.test(name)))"""
# Those that do not end by themselves stand alone; the others share an answer.
TEXTS = [
    "\n\n".join(RAW_HTML),
    "\n\n".join(reversed(RAW_HTML)),
    "\n\n".join(LINKS),
    "\n\n".join(MATHS),
    "\n\n".join(BLOCKS),
    *CODE,
]


def pieces(text: str) -> list[str]:
    """The text cut at odd places, the same ones in each run."""
    dice, cut, at = random.Random(len(text)), [], 0
    while at < len(text):
        end = at + dice.randint(1, 9)
        cut.append(text[at:end])
        at = end
    return cut


@pytest.fixture
def ann(visit):
    """Ann's page, which notes what runs."""
    page = visit("ann", None)
    page.page.context.add_init_script(TRAP)
    page.goto()
    page.model.select_option("practice:latest")
    return page


def is_inert(page) -> None:
    """Nothing ran, and nothing stands there that could."""
    assert page.page.evaluate("window.ran") == []
    prose = page.page.locator(".prose, .said")
    foreign = "(all, these) => all.flatMap((each) => [...each.querySelectorAll(these)])"
    assert prose.evaluate_all(f"{foreign}.map((each) => each.outerHTML)", FOREIGN) == []
    assert prose.evaluate_all(LIVE_ATTRIBUTES) == []


def test_what_a_model_writes_is_inert_live_and_stored(ann, practice):
    for number, text in enumerate(TEXTS):
        practice.script(speed=2000, answer=pieces(f"Answer {number}.\n\n{text}"))
        ann.ask(f"Question {number}")
        ann.ends()
        expect(ann.text).to_contain_text(f"Answer {number}.")
        assert ann.page.evaluate("window.ran") == []
    is_inert(ann)
    ann.reload()
    expect(ann.answers).to_have_count(len(TEXTS))
    is_inert(ann)


def test_what_a_model_thinks_is_inert(ann, practice):
    text = "\n\n".join([*RAW_HTML, *LINKS, *MATHS])
    practice.script(speed=4000, answer="Done.", thinking=pieces(text))
    ann.model.select_option("practice-think:latest")
    ann.ask("Think")
    ann.ends()
    is_inert(ann)
    ann.reload()
    ann.answer.locator("summary").click()
    expect(ann.answer.locator("[id^=thinking-]")).to_contain_text("pwned()")
    is_inert(ann)


def test_a_question_is_inert_and_shown_as_it_was_typed(ann):
    text = "\n".join(PAYLOADS).replace("\x00", "").replace("\x01", "")
    ann.ask(text)
    ann.ends()
    is_inert(ann)
    ann.reload()
    is_inert(ann)
    expect(ann.questions.locator(".said")).to_contain_text("<script>pwned()</script>")


TITLES = [
    f"<img src=x onerror={SIGN}>",
    f"</title><script>{SIGN}</script>",
    f'" autofocus onfocus="{SIGN}',
    "{{ settings.SECRET_KEY }}{% debug %}",
]


def test_a_title_is_inert(ann, chat):
    for title in TITLES:
        ann.goto(chat.visitor("ann").talk(title))
        expect(ann.page.get_by_role("heading", level=1)).to_have_text(title)
        is_inert(ann)
    for title in TITLES:
        expect(ann.conversations.get_by_role("link", name=title[:12]).first).to_be_visible()


def test_a_models_name_is_inert(visit, new_instance):
    evil = f"<img src=x onerror={SIGN}>"
    instance = new_instance()
    page = visit("ann", None, at=instance)
    page.page.context.add_init_script(TRAP)
    page.goto()
    page.ask("Who are you?")
    page.ends()
    # The catalogue takes no such name from a server; should one ever get in, it is shown as text.
    renamed = "UPDATE inference_model SET name = %s WHERE name = 'practice:latest'"
    change(instance.database, renamed, evil)
    change(instance.database, "UPDATE chat_message SET model_name = %s", evil)
    page.reload()
    expect(page.answer.locator("footer b")).to_have_text(evil)
    is_inert(page)
    page.model.select_option(evil)
    expect(page.model).to_have_value(evil)
    is_inert(page)
