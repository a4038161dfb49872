from uuid import uuid4

import pytest

from inference import prompts
from inference.models import Run


def test_asks_the_builder_of_the_purpose(monkeypatch):
    monkeypatch.setattr(prompts, "_builders", {})
    prompt = prompts.Prompt([{"role": "user", "content": "Hello"}])
    prompts.register(Run.Purpose.ANSWER, lambda run: prompt)

    assert prompts.build(Run(purpose="answer", subject=uuid4())) == prompt
    with pytest.raises(KeyError):
        prompts.build(Run(purpose="title", subject=uuid4()))
