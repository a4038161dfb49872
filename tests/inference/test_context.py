"""Cutting the history to what the model can take in."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inference.context import ASSUMED_NUM_CTX, characters_per_token, cut, image_tokens, tokens

SYSTEM = {"role": "system", "content": "Be kind."}


def user(text: str, **more) -> dict:
    return {"role": "user", "content": text, **more}


def assistant(text: str, **more) -> dict:
    return {"role": "assistant", "content": text, **more}


def conversation(turns: int, size: int = 350) -> list[dict]:
    """Questions and answers of `size` characters (100 tokens), and a last question."""
    messages = [SYSTEM]
    for number in range(turns):
        messages += [user(f"{number:<{size}}"), assistant(f"{number:<{size}}")]
    return [*messages, user("And now?")]


def test_what_fits_is_sent_whole():
    messages = conversation(3)
    result = cut(messages, 4096)
    assert (result.messages, result.dropped, result.fits) == (messages, 0, True)


def test_drops_whole_turns_the_oldest_first():
    result = cut(conversation(20), 2048)
    first = result.messages[1]
    assert result.dropped > 0
    assert result.dropped % 2 == 0
    assert first["role"] == "user"
    assert result.messages == [SYSTEM, *conversation(20)[1 + result.dropped :]]


def test_the_system_message_and_the_last_question_always_stay():
    messages = [SYSTEM, user("a" * 9000), assistant("b" * 9000), user("c" * 9000)]
    result = cut(messages, 512)
    assert result.messages == [SYSTEM, messages[-1]]
    assert not result.fits


def test_what_a_continue_goes_on_from_stays_with_its_question():
    messages = [*conversation(20), assistant("An answer that was cut")]
    assert cut(messages, 1024).messages[-2:] == messages[-2:]


def test_tool_results_stay_with_their_turn():
    turn = [
        user("Weather?"),
        assistant("", tool_calls=[{"function": {"name": "weather", "arguments": {}}}]),
        {"role": "tool", "tool_name": "weather", "content": "r" * 2000},
        assistant("Rain."),
    ]
    messages = [*turn, user("x" * 2000), assistant("y"), user("Now?")]
    assert cut(messages, 1400).messages == messages[4:]


def test_leaves_room_for_the_answer():
    result = cut(conversation(40), 4096)
    assert result.tokens <= 4096 * 0.75


def test_leaves_the_room_that_was_asked_for():
    assert cut(conversation(40), 4096, answer_tokens=2000).tokens <= 2096


def test_an_endless_answer_takes_the_usual_room():
    assert cut(conversation(9), 4096, answer_tokens=-1) == cut(conversation(9), 4096)


def test_a_long_answer_leaves_half_to_the_question():
    assert cut(conversation(9), 4096, answer_tokens=9999).dropped == 0


def test_a_model_that_nobody_saw_loaded_is_taken_for_a_small_one():
    assert cut(conversation(40), None) == cut(conversation(40), ASSUMED_NUM_CTX)


def test_cuts_to_three_quarters_so_that_the_prefix_stays_for_some_turns():
    begins = [cut(conversation(turns), 4096).messages[1]["content"] for turns in range(60)]
    changes = sum(one != other for one, other in pairwise(begins))
    # Each turn has 212 tokens and a quarter of the room is 768: it moves in steps of three or more.
    assert 10 <= changes <= 60 / 3


def test_is_the_same_while_the_answer_is_regenerated():
    messages = conversation(30)
    assert cut(messages, 4096) == cut(list(messages), 4096)


def test_images_count():
    assert tokens(user("", images=["…"]), 3.5) > 500


def test_more_characters_a_token_let_more_in():
    few = cut(conversation(40), 4096, characters_per_token=2.0)
    many = cut(conversation(40), 4096, characters_per_token=5.0)
    assert many.dropped < few.dropped


def test_says_how_many_characters_are_sent():
    assert cut([user("abc"), assistant("de"), user("f")], 4096).characters == 6


def test_nothing_at_all_is_nothing():
    assert cut([], 4096).messages == []


@given(
    st.lists(
        st.tuples(st.sampled_from(["user", "assistant", "tool"]), st.integers(0, 3000)), max_size=40
    ),
    st.integers(64, 20_000),
)
def test_always_sends_an_unbroken_end_of_the_history(parts, num_ctx):
    history = [{"role": role, "content": "x" * size} for role, size in parts]
    result = cut([SYSTEM, *history], num_ctx)
    assert result.messages == [SYSTEM, *history[result.dropped :]]
    if result.dropped:
        assert result.messages[1]["role"] == "user"
    if result.fits:
        assert result.tokens < num_ctx
    if history:
        assert result.messages[-1] == history[-1]


@pytest.mark.parametrize(
    ("sent", "prompt_tokens", "ratio"),
    [
        ({"characters": 1200, "messages": 10}, 360, 4.0),
        ({"characters": 100, "messages": 1}, 30, None),  # mostly template
        ({"characters": 1200, "messages": 1}, 20, None),  # Ollama dropped most of it
        ({"characters": 1200, "messages": 1}, None, None),
        ({"characters": 1200, "messages": 1, "images": 2}, 400, None),
        ({}, 100, None),
    ],
)
def test_learns_how_long_a_token_is(sent, prompt_tokens, ratio):
    assert characters_per_token(sent, prompt_tokens) == ratio


def test_images_count_as_what_was_learned_of_them():
    talk = [user("One", images=["…"] * 4), assistant("Yes."), user("And now?")]
    assert cut(talk, 4096).dropped == 2
    assert cut(talk, 4096, image_tokens=256).dropped == 0


@pytest.mark.parametrize(
    ("sent", "prompt_tokens", "each"),
    [
        ({"images": 2, "messages": 1, "characters": 350}, 618, 256),
        ({"images": 1, "messages": 1, "num_ctx": 4096}, 3031, 3025),
        ({"images": 3, "messages": 1, "num_ctx": 1536}, 1536, None),  # Ollama cut it
        ({"images": 1, "messages": 9, "characters": 900}, 200, None),  # it was not counted
        ({"images": 1, "messages": 1}, None, None),
        ({"images": 0, "messages": 1}, 500, None),
    ],
)
def test_learns_how_many_tokens_an_image_is(sent, prompt_tokens, each):
    assert image_tokens(sent, prompt_tokens, None) == each
