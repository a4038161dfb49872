from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inference.ollama import Progress
from inference.ollama.layers import MOST_LAYERS, Layer, Layers
from inference.ollama.lines import JsonLines, parse_object
from inference.ollama.results import progress

from .wire import recording


def pulling(letter: str, completed: int, total: int = 100) -> Progress:
    return Progress(f"pulling {letter}", f"sha256:{letter}", total, completed)


def said(status: str) -> Progress:
    return Progress(status, "", 0, 0)


def after(*told: Progress) -> Layers:
    layers = Layers()
    layers.add(told)
    return layers


def recorded(name: str) -> list[Progress]:
    text = "".join(text for _, text in recording(name)["response"]["chunks"])
    return [progress(parse_object(line)) for line in JsonLines().feed(text.encode())]


def sizes(layers: Layers) -> list[tuple[int, int]]:
    return [(layer.completed, layer.total) for layer in layers.layers]


def test_adds_up_by_digest() -> None:
    layers = after(said("pulling manifest"), pulling("a", 40), pulling("b", 10, 50))
    assert sizes(layers) == [(100, 100), (10, 50)]
    assert (layers.completed, layers.total) == (110, 150)
    assert layers.status == "pulling b"


def test_nothing_is_known_at_first() -> None:
    layers = after(said("pulling manifest"))
    assert (layers.layers, layers.completed, layers.total, layers.fraction) == ([], 0, 0, None)


def test_a_first_line_without_a_count() -> None:
    layers = after(pulling("a", 0))
    assert sizes(layers) == [(0, 100)]
    assert layers.fraction == 0


@pytest.mark.parametrize(
    ("name", "total"),
    [
        ("pull/stream", 4770432 + 946 + 7 + 75 + 485),
        ("pull/resumed", 4770432 + 946 + 7 + 75 + 485),
        ("pull/again", 4770432 + 946 + 7 + 75 + 485),
        ("push/again", 4770432 + 946 + 7 + 75 + 485),
        ("create/quantize", 4770432),
    ],
)
def test_a_recorded_job_comes_to_its_sum(name: str, total: int) -> None:
    layers = after(*recorded(name))
    assert (layers.completed, layers.total, layers.fraction) == (total, total, 1)
    assert layers.status == "success"


def test_a_layer_that_is_left_early_is_done() -> None:
    assert sizes(after(pulling("a", 99), said("verifying sha256 digest"))) == [(100, 100)]


def test_a_layer_that_is_broken_off_is_not_done() -> None:
    layers = after(pulling("a", 60), said("pulling manifest"), pulling("a", 40))
    assert sizes(layers) == [(60, 100)]


def test_a_count_that_falls_is_not_shown() -> None:
    layers = after(pulling("a", 60), pulling("a", 40))
    assert sizes(layers) == [(60, 100)]
    assert layers.fraction == 0.6


def test_a_total_that_shrinks_is_not_shown() -> None:
    assert sizes(after(pulling("a", 60), pulling("a", 20, 30))) == [(60, 100)]


def test_a_count_beyond_its_total() -> None:
    layers = after(pulling("a", 120))
    assert sizes(layers) == [(120, 120)]
    assert layers.fraction == 1


def test_without_a_total_the_sum_is_not_known() -> None:
    layers = after(pulling("a", 50), pulling("b", 70, 0))
    assert (layers.completed, layers.total) == (170, 0)
    assert layers.layers[1].fraction is None
    assert layers.fraction is None


def test_what_was_shown_stays_when_a_total_is_missing() -> None:
    layers = Layers()
    layers.add([pulling("a", 50)])
    layers.add([pulling("b", 1, 0)])
    assert layers.fraction == 0.5


def test_a_large_layer_that_comes_late_does_not_throw_the_bar_back() -> None:
    layers = Layers()
    layers.add([pulling("a", 100)])
    layers.add([pulling("b", 0, 900)])
    assert layers.fraction == 1
    assert (layers.completed, layers.total) == (100, 1000)


def test_steps_that_count_with_a_digest_of_noughts_are_kept_apart() -> None:
    layers = after(
        Progress("validating GGUF model", "0000000000000000000", 10, 10),
        Progress("quantizing F16 model to Q8_0", "0000000000000000000", 10, 3),
    )
    assert [layer.key for layer in layers.layers] == [
        "validating GGUF model",
        "quantizing F16 model to Q8_0",
    ]
    assert sizes(layers) == [(10, 10), (3, 10)]


def test_a_model_of_tensors_is_one_bar() -> None:
    layers = after(*(Progress("pulling model", "sha256:model", 100, done) for done in (0, 50, 80)))
    assert [(layer.key, layer.completed) for layer in layers.layers] == [("sha256:model", 80)]


def test_goes_on_from_an_earlier_attempt() -> None:
    before = after(pulling("a", 60))
    again = Layers(before.layers)
    again.add([said("pulling manifest"), pulling("a", 20)])
    assert sizes(again) == [(60, 100)]
    assert again.fraction == before.fraction == 0.6


def test_layers_without_end_are_not_kept() -> None:
    layers = after(*(pulling(str(nth), 1) for nth in range(MOST_LAYERS + 50)))
    assert len(layers.layers) == MOST_LAYERS


some = st.builds(
    Progress,
    status=st.sampled_from(["pulling a", "pulling b", "writing manifest", "pulling manifest"]),
    digest=st.sampled_from(["", "sha256:a", "sha256:b", "000"]),
    total=st.integers(0, 50),
    completed=st.integers(0, 60),
)


@given(st.lists(st.lists(some, max_size=5), max_size=20))
def test_no_number_ever_falls(batches: list[list[Progress]]) -> None:
    layers = Layers()
    before: dict[str, Layer] = {}
    shown = 0.0
    for batch in batches:
        layers.add(batch)
        for layer in layers.layers:
            known = before.get(layer.key, Layer(layer.key, "", 0, 0))
            assert layer.completed >= known.completed
            assert layer.total >= known.total
            assert not layer.total or layer.completed <= layer.total
        assert len(layers.layers) >= len(before)
        assert shown <= (layers.fraction or 0.0) <= 1
        before = {layer.key: layer for layer in layers.layers}
        shown = layers.fraction or 0.0


def test_fifty_thousand_lines_cost_little() -> None:
    told = [pulling("a", done, 50_000) for done in range(50_000)]
    layers = Layers()
    began = process_time()
    for at in range(0, len(told), 360):  # about as many as a read of 64 KiB brings
        layers.add(told[at : at + 360])
    assert process_time() - began < 1  # [M] 0.05 s; a test must not depend on the machine
