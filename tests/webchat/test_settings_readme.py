"""The README's table of settings says what they are."""

import re
from pathlib import Path

import pytest

from tests.webchat.settings_reader import read

README = Path(__file__).parents[2] / "README.md"


def _table() -> dict[str, tuple[bool, str]]:
    rows = re.findall(r"^\| `(WEBCHAT_\w+)` ?(◆?) \|(.*?)\|.+\|$", README.read_text(), re.M)
    return {name: (bool(secret), default.strip(" `")) for name, secret, default in rows}


def test_the_readme_lists_every_variable(tmp_path):
    env = read(tmp_path)["env"]
    files = {f"{name}_FILE" for name in env.secrets}
    ours = {name for name in env.known if name.startswith("WEBCHAT_")}
    assert set(_table()) == ours - files


def test_the_readme_marks_every_secret(tmp_path):
    marked = {name for name, (secret, _) in _table().items() if secret}
    assert marked == read(tmp_path)["env"].secrets


@pytest.mark.parametrize(
    ("name", "setting"),
    [
        ("WEBCHAT_HOST", "HOST"),
        ("WEBCHAT_PORT", "PORT"),
        ("WEBCHAT_WORKER", "WORKER"),
        ("WEBCHAT_OLLAMA_SLOTS", "OLLAMA_SLOTS"),
        ("WEBCHAT_SERVER_JOBS", "SERVER_JOBS"),
    ],
)
def test_the_readme_names_the_defaults(tmp_path, name, setting):
    assert _table()[name][1] == str(read(tmp_path)[setting])
