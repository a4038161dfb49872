"""pip goes to a registry and comes back, all through the pages, on a real Ollama."""

from collections.abc import Iterator
from uuid import UUID, uuid4

import httpx
import pytest

from tests.instance import Instance, Visitor, until
from tests.live.test_models import PIP, chosen, present

pytestmark = [pytest.mark.live, pytest.mark.processes]

PATIENCE_S = 120.0


class Manager:
    """Who does things to models by the forms of the pages, and waits for what comes of it."""

    def __init__(self, instance: Instance, visitor: Visitor) -> None:
        self.instance, self.http = instance, visitor.http

    def do(self, action: str, of: str, **fields: str) -> str:
        """The form of a dialog on the board; what the job's page says at its end."""
        return self.post(f"/models/{action}/", model=chosen(self.http, of), **fields)

    def pull(self, name: str) -> str:
        sql = "SELECT id FROM inference_server"
        return self.post("/models/jobs/pulls/", name=name, server=str(self.instance.one(sql)))

    def post(self, path: str, **fields: str) -> str:
        before = self.jobs()
        answer = self.http.post(path, data=fields)
        assert answer.status_code in (200, 302), answer.text
        (job,) = until(lambda: self.jobs().keys() - before, "a job has begun")
        until(lambda: self.jobs()[job] not in ("queued", "running"), "it ends", PATIENCE_S)
        page = self.http.get(f"/models/jobs/{job}/").text
        assert self.jobs()[job] == "done", page
        return page

    def jobs(self) -> dict[str, str]:
        """Those on models: the state of each."""
        sql = "SELECT id, state FROM inference_job WHERE person_id IS NOT NULL"
        return {str(UUID(str(pk))): state for pk, state in self.instance.database.rows(sql)}


@pytest.fixture
def name(ollama: str, registry: str) -> Iterator[str]:
    """A name there that nobody has had."""
    given = f"{registry}/library/pip-{uuid4().hex[:8]}:latest"
    yield given
    httpx.request("DELETE", f"{ollama}/api/delete", json={"model": given}, trust_env=False)


@pytest.fixture
def manager(new_instance, ollama: str, registry: str) -> Manager:
    real = new_instance(WEBCHAT_OLLAMA_URL=ollama, WEBCHAT_REGISTRIES=f"http://{registry}")
    return Manager(real, real.visitor("admin"))


def test_pip_is_pushed_deleted_pulled_and_already_current(manager, name):
    real = manager.instance
    manager.do("copies", PIP, name=name)
    until(lambda: present(real, name), "it has the name of a registry")
    assert "Done" in manager.do("pushes", name)
    assert "Already current" in manager.do("renewals", name)
    manager.do("deletions", name, running="wait")
    assert not present(real, name)
    # Its files stay with pip, so only what Ollama does not have is fetched.
    assert "Pulled" in manager.pull(name)
    real.visitor("ann").ask("Who are you?", name)
    answered = "SELECT status FROM inference_run WHERE purpose = 'answer' AND ended_at IS NOT NULL"
    until(lambda: real.database.rows(answered) == [("done",)], "it answers", PATIENCE_S)
