"""Bytes, speed and time left, whatever a server tells."""

import json

import pytest

from inference.ollama.results import Progress
from models_admin.jobs.progress import Meter

BIG, SMALL = "sha256:" + "a" * 64, "sha256:" + "b" * 64


class Clock:
    def __init__(self):
        self.time = 0.0

    def __call__(self):
        return self.time


@pytest.fixture
def clock():
    return Clock()


def at(digest, completed, total=1000):
    return Progress(f"pulling {digest[7:19]}", digest, total, completed)


def test_adds_up_layers_and_measures_the_speed(clock):
    meter = Meter({}, clock)
    for second in range(5):
        clock.time = second
        meter.add([at(BIG, 100 * second)])
    found = meter.progress()
    assert (found["completed"], found["total"], found["fraction"]) == (400, 1000, 0.4)
    assert (found["speed"], found["left"]) == (100.0, 6.0)
    assert json.loads(json.dumps(found)) == found


def test_what_was_there_before_is_no_speed(clock):
    meter = Meter({}, clock)
    meter.add([at(BIG, 900)])
    clock.time = 2
    meter.add([at(BIG, 920)])
    assert (meter.progress()["speed"], meter.progress()["fetched"]) == (10.0, 20)


def test_the_speed_is_that_of_the_last_seconds(clock):
    meter = Meter({}, clock)
    for second in range(30):
        clock.time = second
        meter.add([at(BIG, min(second, 10) * 100, 10_000)])
    assert meter.progress()["speed"] is None  # it stands still
    assert meter.progress()["left"] is None


def test_a_later_attempt_goes_on_from_an_earlier_one(clock):
    first = Meter({}, clock)
    first.add([at(BIG, 600)])
    second = Meter(first.progress(), clock)
    second.add([Progress("pulling manifest", "", 0, 0), at(BIG, 500)])
    assert second.progress()["completed"] == 600
    second.add([at(BIG, 700)])
    assert second.progress()["completed"] == 700
    assert second.moved == 100
    second.add([at(SMALL, 10, 100)])  # so the big one is done
    assert (second.progress()["completed"], second.progress()["total"]) == (1010, 1100)


def test_a_bar_never_runs_backwards_while_totals_shrink_and_parts_fail(clock):
    meter = Meter({}, clock)
    shown = []
    for completed, total in ((10, 1000), (400, 900), (300, 500), (450, 0), (100, 800)):
        meter.add([at(BIG, completed, total)])
        shown.append(meter.progress()["fraction"])
    assert shown == sorted(shown)


def test_without_totals_it_says_so(clock):
    meter = Meter({}, clock)
    meter.add([Progress("pulling aaa", BIG, 0, 0), Progress("verifying sha256 digest", "", 0, 0)])
    found = meter.progress()
    assert (found["total"], found["fraction"], found["left"]) == (0, None, None)
    assert found["status"] == "verifying sha256 digest"
