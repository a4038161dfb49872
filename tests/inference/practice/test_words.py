import base64
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inference.practice import PracticeServer, schemas, tokens

from .asking import chat, follow, whole
from .raw_http import ask

PNG = base64.b64encode(
    b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x03\x00\x00\x00\x02\x08\x02\x00\x00\x00"
).decode()
WEATHER = {
    "type": "function",
    "function": {
        "name": "get_weather",
        "parameters": {"type": "object", "properties": {"city": {"type": "string"}}},
    },
}


async def said(server: PracticeServer, text: str, **fields: object) -> str:
    return (await whole(server, text, **fields))["message"]["content"]


async def test_says_what_it_is_and_echoes_the_question(server: PracticeServer):
    text = await said(server, "How are you?\nWell?")

    assert text.startswith("This is the practice server; no model is behind it.")
    assert "> How are you?\n> Well?" in text


async def test_shows_every_kind_of_markdown(server: PracticeServer):
    text = await said(server, "Show me Markdown")

    for sign in (
        "# ",
        "### ",
        "- ",
        "  - ",
        "1. ",
        "|--",
        "```python",
        "```sql",
        "$x",
        r"\(",
        "$$",
    ):
        assert sign in text
    for sign in (r"\[", "[^1]:", "](https://", "> >", "🦙", "العربية", "- [x]", "<script>"):
        assert sign in text


async def test_shows_only_the_kind_that_is_asked_for(server: PracticeServer):
    text = await said(server, "show me a table, please")

    assert "| Model |" in text
    assert "```" not in text


async def test_gives_a_long_answer(server: PracticeServer):
    assert len(await said(server, "Give me a long answer.")) > 3000


async def test_stops_at_num_predict(server: PracticeServer):
    answer = await chat(server, options={"num_predict": 3})

    assert answer.content() == "This is the"
    assert (answer.lines()[-1]["done_reason"], answer.lines()[-1]["eval_count"]) == ("length", 3)


async def test_stops_before_a_stop_word(server: PracticeServer):
    answer = await chat(server, options={"stop": ["server; no"]})

    assert answer.content() == "This is the practice "
    assert answer.lines()[-1]["done_reason"] == "stop"


async def test_thinks_first_when_it_can(server: PracticeServer):
    lines = (await chat(server, model="practice-think")).lines()

    kinds = ["thinking" if "thinking" in line["message"] else "text" for line in lines]
    assert kinds == sorted(kinds, reverse=True)
    assert kinds[0] == "thinking"


async def test_does_not_think_when_told_not_to(server: PracticeServer):
    message = (await whole(server, model="practice-think", think=False))["message"]

    assert "thinking" not in message


async def test_describes_an_image(server: PracticeServer):
    messages = [{"role": "user", "content": "What is it?", "images": [PNG]}]

    text = await said(server, "", model="practice-vision", messages=messages)

    assert "a PNG of 3 × 2 pixels" in text


async def test_calls_a_tool_that_the_question_names(server: PracticeServer):
    answer = await chat(server, "What is the weather in Paris?", tools=[WEATHER])

    (call,) = answer.lines()[0]["message"]["tool_calls"]
    assert call["function"] == {"index": 0, "name": "get_weather", "arguments": {"city": "Paris"}}


async def test_answers_in_words_when_no_tool_is_asked_for(server: PracticeServer):
    assert "practice server" in await said(server, "Hello!", tools=[WEATHER])


async def test_tells_what_a_tool_said(server: PracticeServer):
    messages = [
        {"role": "user", "content": "What is the weather in Paris?"},
        {"role": "tool", "tool_name": "get_weather", "content": "18 degrees"},
    ]

    assert "18 degrees" in await said(server, "", messages=messages, tools=[WEATHER])


async def test_calls_the_tools_of_the_script(server: PracticeServer):
    follow(server, tool_calls=[{"name": "f", "arguments": {"n": 1}}])

    (call,) = (await whole(server))["message"]["tool_calls"]

    assert call["function"] == {"index": 0, "name": "f", "arguments": {"n": 1}}


async def test_answers_with_json(server: PracticeServer):
    assert json.loads(await said(server, "Hi", format="json"))["practice"] is True


async def test_makes_up_an_object_that_fits_a_schema(server: PracticeServer):
    schema = {
        "type": "object",
        "properties": {
            "name": {"enum": ["Pip", "Mario"]},
            "age": {"type": "integer", "minimum": 18},
            "friends": {"type": "array", "minItems": 2, "items": {"$ref": "#/$defs/friend"}},
        },
        "$defs": {"friend": {"type": "object", "properties": {"ok": {"type": "boolean"}}}},
    }

    made = json.loads(await said(server, "Hi", format=schema))

    assert made == {"name": "Pip", "age": 18, "friends": [{"ok": True}, {"ok": True}]}


def test_a_schema_that_holds_itself_comes_to_an_end():
    schema = {"type": "object", "properties": {"next": {"$ref": "#"}}, "required": ["next"]}

    assert isinstance(schemas.made_up(schema), dict)


async def test_goes_on_from_what_was_said(server: PracticeServer):
    full = await said(server, "Hi")
    messages = [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": full[:40]}]

    assert await said(server, "", messages=messages) == full[40:]


async def test_goes_on_from_a_scripted_answer(server: PracticeServer):
    follow(server, answer=["one ", "two ", "three"])
    messages = [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "one tw"}]

    assert await said(server, "", messages=messages) == "o three"


async def test_counts_the_tokens_of_the_prompt(server: PracticeServer):
    short = (await whole(server, "one"))["prompt_eval_count"]

    assert (await whole(server, "one two three"))["prompt_eval_count"] == short + 2


async def test_drops_the_oldest_messages_but_never_the_system_text(server: PracticeServer):
    messages = [
        {"role": "system", "content": "Be kind."},
        {"role": "user", "content": "word " * 500},
        {"role": "assistant", "content": "Yes."},
        {"role": "user", "content": "And now?"},
    ]
    fields = {"messages": messages, "options": {"num_ctx": 64}}

    rendered = await whole(server, **fields, _debug_render_only=True)

    prompt = rendered["_debug_info"]["rendered_template"]
    assert "word" not in prompt
    assert "Be kind." in prompt
    assert (await whole(server, **fields))["prompt_eval_count"] <= 64


async def test_gives_the_probabilities_that_are_asked_for(server: PracticeServer):
    answer = await chat(server, logprobs=True, top_logprobs=3)

    (entry,) = answer.lines()[0]["logprobs"]
    assert entry["token"] == "This"
    assert len(entry["top_logprobs"]) == 3
    assert "logprobs" not in answer.lines()[-1]


async def test_texts_that_share_words_lie_closer(server: PracticeServer):
    body = {
        "model": "practice-embed",
        "input": ["a small llama", "a small green llama", "tax law of 1954"],
    }
    answer = await ask(server.url, "POST", "/api/embed", body=body)
    one, other, far = answer.json()["embeddings"]

    def likeness(a: list[float], b: list[float]) -> float:
        return sum(x * y for x, y in zip(a, b, strict=True))

    assert likeness(one, one) == pytest.approx(1, abs=1e-6)
    assert likeness(one, other) > likeness(one, far)


async def test_a_model_that_only_embeds_does_not_chat(server: PracticeServer):
    answer = await chat(server, model="practice-embed")

    assert answer.json() == {"error": '"practice-embed" does not support chat'}


async def test_a_model_of_its_own_engine_does_not_embed(server: PracticeServer):
    body = {"model": "practice-vision", "input": "a"}

    assert (await ask(server.url, "POST", "/api/embed", body=body)).status == 501


@given(st.text())
def test_the_tokens_of_a_text_are_the_text(text: str):
    assert "".join(tokens.pieces(text)) == text


async def test_gives_a_conversation_a_title(server: PracticeServer):
    messages = [
        {"role": "user", "content": "Why, oh why, is the sky so blue?"},
        {"role": "assistant", "content": "Because."},
        {"role": "user", "content": "Write a title of at most five words for this conversation."},
    ]
    assert await said(server, messages=messages, text="") == "Practice: Why oh why is"
