import re
from pathlib import Path

import pytest

FOLDER = Path(__file__).parents[2] / "requirements"
LOCKS = ["base", "postgres", "redis", "dev"]


def packages(lock: str) -> dict[str, str]:
    """Each package of a lock with the text that belongs to it."""
    text = (FOLDER / f"{lock}.txt").read_text()
    entries = re.findall(r"^([a-z0-9-]+)==\S+(.*?)(?=^[a-z0-9]|\Z)", text, re.M | re.S)
    return dict(entries)


@pytest.mark.parametrize("lock", LOCKS)
def test_every_package_has_a_version_and_hashes(lock):
    text = (FOLDER / f"{lock}.txt").read_text()
    names = re.findall(r"^[a-zA-Z0-9]\S*", text, re.M)
    assert names
    assert all("==" in name for name in names)
    assert all("--hash=sha256:" in rest for rest in packages(lock).values())


@pytest.mark.parametrize("lock", LOCKS)
def test_no_lock_names_a_registry(lock):
    text = (FOLDER / f"{lock}.txt").read_text()
    assert "://" not in text
    assert "index" not in text


@pytest.mark.parametrize("lock", LOCKS[1:])
def test_the_other_locks_agree_with_base(lock):
    def versions(name):
        return dict(re.findall(r"^([a-z0-9-]+)==(\S+)", (FOLDER / f"{name}.txt").read_text(), re.M))

    base = versions("base")
    differing = {k for k, version in versions(lock).items() if base.get(k, version) != version}
    assert not differing


def test_the_base_stays_small():
    assert len(packages("base")) <= 42
