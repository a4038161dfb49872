"""The worker answers: what comes is shown and saved, and every end is written."""

import asyncio
import json
from datetime import timedelta
from itertools import pairwise

from accounts.database import in_database
from inference import wakeups
from inference.live.snapshot import live_answers
from inference.models import Model, Run, Server
from tests.inference.conftest import THINKER, until


async def test_streams_an_answer_to_its_end(scene):
    scene.script(answer="One two three.")
    await scene.worker()
    run = await scene.end_of(await scene.run())
    assert (run.status, run.text, run.done_reason) == (Run.Status.DONE, "One two three.", "stop")
    assert run.answer_tokens > 0
    assert run.started_at <= run.first_token_at <= run.ended_at
    assert run.sent["messages"] == 1


async def test_knows_after_the_first_answer_how_much_the_model_takes_in(scene):
    scene.script(answer="Yes.")
    await scene.worker()
    run = await scene.end_of(await scene.run())
    model = await in_database(Model.objects.get, name=run.model_name)
    assert model.window() == 4096


async def test_keeps_the_thinking_apart(scene):
    scene.script(thinking="Hm.", answer="Yes.")
    await scene.worker()
    run = await scene.end_of(await scene.run(model_name=THINKER, parameters={"think": True}))
    assert (run.thinking, run.text) == ("Hm.", "Yes.")


async def test_shows_frames_that_follow_each_other_without_a_gap(scene):
    scene.script(answer="word " * 30, speed=100)
    run = await scene.run()
    page = await scene.watch(run.audience)
    await scene.worker()
    shown = 0
    while shown < 150:
        frame = await page.next()
        assert frame["from"] == shown
        assert frame["to"] > shown
        shown = frame["to"]
    assert (await scene.end_of(run)).offset == 150


async def test_shows_the_first_token_at_once(scene):
    scene.script(answer=("Now", " and later"), speed=2)
    run = await scene.run()
    page = await scene.watch(run.audience)
    worker = await scene.worker()
    worker.answering.pace.interval = 30.0
    assert (await page.next())["to"] == len("Now")


async def test_saves_while_it_runs_what_a_frame_has_shown(scene):
    scene.script(answer="word " * 200, speed=100)
    run = await scene.run()
    page = await scene.watch(run.audience)
    await scene.worker()
    ends = {0}
    saved = 0
    while not saved:
        ends.add((await page.next())["to"])
        stored = await scene.stored(run)
        saved = stored.offset
    while max(ends) < saved:  # frames that have come and were not read yet
        ends.add((await page.next())["to"])
    assert saved in ends
    assert stored.text[:saved] == ("word " * 200)[:saved]  # it may have grown since


async def test_a_page_finds_the_live_answer_while_it_runs_and_not_after(scene):
    scene.script(answer="word " * 200, speed=100)
    run = await scene.run()
    page = await scene.watch(run.audience)
    await scene.worker()
    await page.next()
    assert live_answers[run.subject].offset > 0
    await in_database(run.request_stop)
    await scene.end_of(run)
    await until(lambda: run.subject not in live_answers)


async def test_goes_on_from_what_was_there(scene):
    scene.script(answer=" world")
    await scene.worker()
    run = await scene.end_of(await scene.run(parameters={"before": "Hello "}))
    (asked,) = scene.asked()
    assert asked["body"]["messages"][-1] == {"role": "assistant", "content": "Hello"}
    assert run.text == "world"


async def test_asks_no_model_for_what_it_is_not_able_to_do(scene):
    await scene.worker()
    message = {"role": "user", "content": "What is it?", "images": ["aGk="]}
    parameters = {"think": True, "tools": [{"type": "function"}], "messages": [message]}
    run = await scene.end_of(await scene.run(parameters=parameters))
    body = scene.asked()[0]["body"]
    assert run.status == Run.Status.DONE
    assert not {"think", "tools"} & set(body)
    assert body["messages"] == [{"role": "user", "content": "What is it?"}]


async def test_a_schema_is_sent_with_its_properties_in_their_order(scene):
    await scene.worker()
    schema = '{"type": "object", "properties": {"z": {"type": "string"}, "a": {"type": "null"}}}'
    run = await scene.end_of(await scene.run(parameters={"format": schema}))
    assert list(scene.asked()[0]["body"]["format"]["properties"]) == ["z", "a"]
    assert list(json.loads(run.text)) == ["z", "a"]


async def test_what_goes_on_from_half_an_answer_goes_on_freely(scene):
    await scene.worker()
    await scene.end_of(await scene.run(parameters={"format": "json", "before": '{"a": '}))
    await scene.end_of(await scene.run(parameters={"format": "json"}))
    assert [asked["body"].get("format") for asked in scene.asked()] == [None, "json"]


async def test_passes_on_the_options(scene):
    await scene.worker()
    parameters = {"options": {"num_predict": 3}, "keep_alive": "1m"}
    run = await scene.end_of(await scene.run(parameters=parameters))
    body = scene.asked()[0]["body"]
    assert (body["options"], body["keep_alive"]) == ({"num_predict": 3}, "1m")
    assert run.done_reason == "length"


async def test_answers_without_anybody_who_watches(scene):
    scene.script(answer="A title")
    await scene.worker()
    run = await scene.end_of(await scene.run(audience=None))
    assert run.text == "A title"


async def test_a_run_without_a_prompt_fails_with_words(scene, caplog):
    await scene.worker()
    run = await scene.end_of(await scene.run(parameters={"messages": 7}))
    assert (run.status, run.error_kind) == (Run.Status.FAILED, "internal")
    assert "log says what" in run.error


async def test_two_workers_share_the_line_and_answer_each_run_once(scene):
    await scene.worker("one")
    await scene.worker("two")
    runs = [await scene.run() for _ in range(12)]
    ended = [await scene.end_of(run) for run in runs]
    assert {run.status for run in ended} == {Run.Status.DONE}
    assert len(scene.asked()) == 12


async def test_a_layer_that_raises_costs_no_answer(scene, monkeypatch):
    class Broken:
        async def group_send(self, group, event):
            raise ConnectionError("gone")

        async def new_channel(self):
            raise ConnectionError("gone")

    monkeypatch.setattr(wakeups, "get_channel_layer", Broken)
    monkeypatch.setattr(wakeups, "_paused_until", 0.0)
    scene.script(answer="One two three.")
    await scene.worker()
    run = await scene.end_of(await scene.run())
    assert run.text == "One two three."


async def test_a_rendering_that_fails_costs_no_answer(scene, monkeypatch, caplog):
    scene.script(answer="One two three.")
    await scene.worker()

    def broken(self):
        raise ValueError("markdown")

    monkeypatch.setattr("inference.running.LiveAnswer.frame", broken)
    run = await scene.end_of(await scene.run())
    assert (run.status, run.text) == (Run.Status.DONE, "One two three.")


async def test_saves_all_and_says_interrupted_when_it_stops(scene):
    scene.script(answer="word " * 500, speed=200)
    run = await scene.run()
    page = await scene.watch(run.audience)
    worker = await scene.worker(save=60)
    shown = (await page.next())["to"]
    await worker.stop()
    run = await scene.end_of(run)
    assert (run.status, run.error_kind) == (Run.Status.INTERRUPTED, "restart")
    assert run.offset >= shown
    assert run.text == ("word " * 500)[: run.offset]
    await until(lambda: scene.asked()[0]["cut_by_client"])


async def test_a_run_that_another_took_is_let_go(scene):
    scene.script(answer="word " * 500, speed=100)
    run = await scene.run()
    page = await scene.watch(run.audience)
    await scene.worker()
    await page.next()
    theirs = {"epoch": 9, "owner": "other", "lease_until": None}
    await in_database(Run.objects.filter(pk=run.pk).update, **theirs)
    await until(lambda: scene.asked()[0]["cut_by_client"])
    assert (await scene.stored(run)).status == Run.Status.RUNNING


async def test_reaps_at_the_start_what_a_dead_worker_left(scene):
    run = await scene.run()
    gone = {
        "status": Run.Status.RUNNING,
        "owner": "dead",
        "lease_until": run.queued_at - timedelta(seconds=1),
        "server": scene.server,
    }
    await in_database(Run.objects.filter(pk=run.pk).update, **gone)
    await scene.worker(reap=60)
    assert (await scene.end_of(run)).status == Run.Status.INTERRUPTED


async def test_an_answer_that_never_ends_is_ended(scene):
    scene.script(answer="word " * 5000, speed=100)
    await scene.worker(answer=0.3)
    run = await scene.end_of(await scene.run())
    assert (run.status, run.error_kind) == (Run.Status.FAILED, "time_limit")
    assert run.text.startswith("word ")


async def test_an_answer_that_grows_too_long_is_ended(scene, monkeypatch):
    monkeypatch.setattr("inference.running.LONGEST_ANSWER", 1000)
    scene.script(answer="word " * 5000)
    await scene.worker()
    run = await scene.end_of(await scene.run())
    assert (run.status, run.error_kind) == (Run.Status.FAILED, "size_limit")


async def test_an_answer_of_a_megabyte_is_kept_whole(scene):
    paragraph = "word " * 200 + "\n\n"
    scene.script(answer=[paragraph] * 1_000)
    await scene.worker()
    run = await scene.end_of(await scene.run())
    assert run.status == Run.Status.DONE
    assert run.text == paragraph * 1_000


async def test_a_waiting_page_hears_that_somebody_left_the_line(scene):
    await in_database(Server.objects.update, slots=1)
    scene.script(answer="word " * 5000, speed=50)
    worker = await scene.worker()
    first = await scene.run()
    await until(scene.asked)
    second, third = await scene.run(), await scene.run()
    await until(lambda: {second.pk, third.pk} <= worker.places.waiting)
    page = await scene.watch(third.audience)
    await in_database(second.request_stop)
    assert (await page.next("changed"))["message"] == str(third.subject)
    await in_database(first.request_stop)


async def test_a_page_hears_that_its_model_is_being_loaded(scene):
    scene.script(load_seconds=60)
    run = await scene.run()
    page = await scene.watch(run.audience)
    await scene.worker()
    assert (await page.next("changed"))["message"] == str(run.subject)
    await in_database(run.request_stop)


async def test_rests_between_two_looks_for_work_as_long_as_one_takes(scene):
    worker = await scene.worker()
    loop = asyncio.get_running_loop()
    looks: list[tuple[float, float]] = []
    seen = asyncio.Event()

    async def slow_look() -> None:
        began = loop.time()
        await asyncio.sleep(0.05)
        looks.append((began, loop.time()))
        wakeups.wake_worker()  # the next question is there already
        if len(looks) == 3:
            seen.set()

    worker.answering.claim = slow_look
    wakeups.wake_worker()
    await asyncio.wait_for(seen.wait(), 10)
    for (_, ended), (next_began, _) in pairwise(looks):
        assert next_began - ended > 0.04
