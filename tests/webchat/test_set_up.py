"""tools/setup on machines made of stand-ins: no Python, an old one, no venv, no compiler."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PROGRAMS = ["sh", "cat", "chmod", "cmp", "cp", "dirname", "env", "grep", "mkdir", "printenv", "rm"]

# Answers what tools/setup asks of a Python. {…} are filled in by the tests.
PYTHON = """#!/bin/sh
case "$*" in
    *version_info*) exit {too_old} ;;
    *ensurepip*) exit {no_venv} ;;
    *"-m venv"*) mkdir -p .venv/bin .venv/site && cp "$0" .venv/bin/python ;;
    *"-m pip"*) echo "$@" >>pip-calls; echo "{pip_says}"; exit {pip_fails} ;;
    *purelib*) echo .venv/site ;;
    --version) echo "Python 3.12.0" ;;
esac
"""


class Machine:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "bin").mkdir()
        (folder / "tools").mkdir()
        shutil.copy(ROOT / "tools" / "setup", folder / "tools")
        shutil.copytree(ROOT / "requirements", folder / "requirements")
        for name in PROGRAMS:
            found = shutil.which(name)
            assert found, name
            (folder / "bin" / name).symlink_to(found)

    def has_python(self, too_old=0, no_venv=0, pip_fails=0, pip_says="") -> None:
        text = PYTHON.format(
            too_old=too_old, no_venv=no_venv, pip_fails=pip_fails, pip_says=pip_says
        )
        (self.folder / "bin" / "python3").write_text(text)
        (self.folder / "bin" / "python3").chmod(0o755)

    def set_up(self, *sets: str, **variables: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["tools/setup", *sets],
            cwd=self.folder,
            env={"PATH": str(self.folder / "bin"), **variables},
            capture_output=True,
            text=True,
            check=False,
        )

    def pip_calls(self) -> list[str]:
        """What it was asked to install."""
        calls = self.folder / "pip-calls"
        lines = calls.read_text().splitlines() if calls.exists() else []
        return [line for line in lines if " install " in line]


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


def assert_stopped(process: subprocess.CompletedProcess[str], *words: str) -> None:
    assert process.returncode == 1
    last = process.stderr.strip().splitlines()[-1]
    for word in words:
        assert word in last


def test_without_python_it_says_what_to_install(machine):
    assert_stopped(machine.set_up("base"), "Python 3.11 or newer", "apt-get install")


def test_an_old_python_is_not_enough(machine):
    machine.has_python(too_old=1)
    assert_stopped(machine.set_up("base"), "Python 3.11 or newer")


def test_without_venv_it_says_what_to_install(machine):
    machine.has_python(no_venv=1)
    assert_stopped(machine.set_up("base"), "venv module is missing", "python3-venv")


def test_without_a_compiler_it_says_what_to_install(machine):
    machine.has_python(pip_fails=1, pip_says="error: command 'gcc' failed")
    assert_stopped(machine.set_up("base"), "no C compiler", "build-essential")


def test_without_the_network_it_shows_what_pip_said(machine):
    machine.has_python(pip_fails=1, pip_says="could not connect")
    stopped = machine.set_up("base")
    assert_stopped(stopped, "run this again")
    assert "could not connect" in stopped.stderr


def test_installs_by_hashes_and_once(machine):
    machine.has_python()
    assert machine.set_up("base").returncode == 0
    assert machine.set_up("base").returncode == 0
    (call,) = machine.pip_calls()
    assert "--require-hashes" in call
    assert "requirements/base.txt" in call


def test_installs_again_when_a_lock_has_changed(machine):
    machine.has_python()
    machine.set_up("base", "dev")
    with (machine.folder / "requirements/dev.txt").open("a") as lock:
        lock.write("# newer\n")
    machine.set_up("base", "dev")
    assert "base.txt" not in machine.pip_calls()[1]


def test_installs_again_after_it_failed(machine):
    machine.has_python(pip_fails=1)
    machine.set_up("base")
    machine.set_up("base")
    assert len(machine.pip_calls()) == 2


@pytest.mark.parametrize(
    ("variable", "lock"),
    [
        ("WEBCHAT_DATABASE_URL", "postgres"),
        ("WEBCHAT_DATABASE_URL_FILE", "postgres"),
        ("WEBCHAT_REDIS_URL", "redis"),
    ],
)
def test_installs_what_the_settings_need(machine, variable, lock):
    machine.has_python()
    machine.set_up("base", **{variable: "x"})
    assert f"requirements/{lock}.txt" in machine.pip_calls()[0]


def test_installs_what_the_env_file_needs(machine):
    machine.has_python()
    (machine.folder / ".env").write_text("WEBCHAT_REDIS_URL=redis://r\n")
    machine.set_up("base")
    assert "requirements/redis.txt" in machine.pip_calls()[0]


def test_makes_the_command(machine):
    machine.has_python()
    machine.set_up("base")
    assert os.access(machine.folder / ".venv/bin/webchat", os.X_OK)
    assert (machine.folder / ".venv/site/webchat.pth").read_text().strip() == str(machine.folder)
