"""Strict reading of the environment and of `.env`: what is wrong stops the start with one sentence.

The settings ask for each variable once, through the methods of `Environment`. `finish()` then looks
for names that nobody asked for. A variable that is set to nothing counts as not set.
"""

import difflib
import os
import re
from collections.abc import Callable, Iterable, Mapping
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import TypeVar
from urllib.parse import SplitResult, urlsplit

from dotenv import dotenv_values

T = TypeVar("T")
PREFIX = "WEBCHAT_"
_YES_NO = {"1": True, "true": True, "yes": True, "on": True}
_YES_NO |= {"0": False, "false": False, "no": False, "off": False}
_HOST = re.compile(r"\.?[a-z0-9_]([a-z0-9_.-]*[a-z0-9])?|\[[0-9a-f:.]+\]", re.IGNORECASE)


class CannotStart(Exception):
    """The text is the one sentence for the person who starts Webchat: what is wrong, what to do."""


class WrongSetting(CannotStart):
    """The environment is wrong."""


class Environment:
    """The variables of a process. Each method raises WrongSetting for what is not allowed."""

    def __init__(self, variables: Mapping[str, str]) -> None:
        self._variables = variables
        self.known: set[str] = set()  # the names that were asked for
        self.secrets: set[str] = set()  # those of them that may come as NAME_FILE

    @classmethod
    def read(cls, folder: Path) -> "Environment":
        """The process's own variables over those of `folder/.env`, or of WEBCHAT_ENV_FILE."""
        named = os.environ.get("WEBCHAT_ENV_FILE")
        file = folder / (".env" if named is None else named)
        beneath: Mapping[str, str | None] = {}
        if file.is_file():
            # Without interpolation: a password may hold a $.
            beneath = dotenv_values(file, interpolate=False)
            for name, value in beneath.items():
                if value is None:
                    raise WrongSetting(
                        f"{file}: {name} has no value; write {name}=… or leave it out."
                    )
        elif named:
            raise WrongSetting(f"WEBCHAT_ENV_FILE={named} is no file; name one, or leave it out.")
        environment = cls({k: v for k, v in {**beneath, **os.environ}.items() if v is not None})
        environment.known.add("WEBCHAT_ENV_FILE")
        return environment

    def text(self, name: str, default: str = "") -> str:
        """The value as it is, without white space around it."""
        self.known.add(name)
        return self._variables.get(name, "").strip() or default

    def secret(self, name: str) -> str:
        """A value that may also stand in the file that NAME_FILE names; no sentence shows it."""
        self.known.add(f"{name}_FILE")
        self.secrets.add(name)
        value, file = self.text(name), self.text(f"{name}_FILE")
        if value and file:
            raise WrongSetting(f"{name} and {name}_FILE are both set; only one of them is allowed.")
        if not file:
            return value
        try:
            value = Path(file).read_text().strip()
        except (OSError, UnicodeDecodeError) as error:
            reason = error.strerror if isinstance(error, OSError) else "not text"
            raise WrongSetting(
                f"{name}_FILE={file} cannot be read ({reason}); it must be a file with the value."
            ) from None
        if not value:
            raise WrongSetting(f"{name}_FILE={file} is empty; it must hold the value.")
        return value

    def flag(self, name: str, *, default: bool = False) -> bool:
        value = self.text(name)
        if not value:
            return default
        if value.lower() not in _YES_NO:
            raise wrong(name, value, "yes or no (also true, false, on, off, 1, 0)")
        return _YES_NO[value.lower()]

    def number(self, name: str, default: int, *, least: int, most: int) -> int:
        value = self.text(name)
        if not value:
            return default
        if not re.fullmatch(r"[0-9]{1,9}", value) or not least <= int(value) <= most:
            raise wrong(name, value, f"a whole number from {least} to {most}")
        return int(value)

    def choice(self, name: str, default: str, allowed: Iterable[str]) -> str:
        value = self.text(name, default)
        if value not in allowed:
            raise wrong(name, value, " or ".join(allowed))
        return value

    def each(self, name: str, parse: Callable[[str], T], allowed: str) -> list[T]:
        """The parts of a comma-separated list, each through `parse`, which raises ValueError."""
        parts = [part.strip() for part in self.text(name).split(",") if part.strip()]
        return [parsed(name, part, parse, allowed) for part in parts]

    def finish(self) -> None:
        """Stops at a name that begins with WEBCHAT_ and that no setting has asked for."""
        for name in sorted(self._variables):
            if name.startswith(PREFIX) and name not in self.known:
                near = difflib.get_close_matches(name, sorted(self.known), n=1, cutoff=0.5)
                hint = f"did you mean {near[0]}?" if near else "the README lists them all."
                raise WrongSetting(f"{name} is not a setting of Webchat; {hint}")


def wrong(name: str, value: str, allowed: str) -> WrongSetting:
    return WrongSetting(f"{name}={value} is not allowed; it must be {allowed}.")


def parsed(name: str, value: str, parse: Callable[[str], T], allowed: str) -> T:
    """`value` through `parse`; its ValueError becomes the sentence."""
    try:
        return parse(value)
    except ValueError:
        raise wrong(name, value, allowed) from None


def host(value: str) -> str:
    """A host as browsers name it: a name, an address, .name for all beneath it; no port, no *."""
    if not _HOST.fullmatch(value):
        raise ValueError(value)
    return value.lower()


def network(value: str) -> IPv4Network | IPv6Network:
    """An address or a network, as 10.0.0.5 or 10.0.0.0/8."""
    return ip_network(value)


def registry(value: str) -> tuple[str, str]:
    """Host and scheme of a registry: hf.co, registry.lan:5000, http://registry.lan:5000."""
    scheme, separator, place = value.rpartition("://")
    if scheme not in ("", "http", "https") or (separator and not scheme):
        raise ValueError(value)
    found = re.fullmatch(r"([a-z0-9_][a-z0-9_.-]*)(:[0-9]{1,5})?", place.lower())
    if not found:
        raise ValueError(value)
    return found[0], scheme or "https"


def origin(value: str) -> SplitResult:
    """A web address without a path, as https://chat.example.com."""
    parts = urlsplit(value.rstrip("/"))
    _ = parts.port  # raises ValueError for one that is none
    if parts.scheme not in ("http", "https") or parts.path or parts.query or parts.fragment:
        raise ValueError(value)
    host(f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname or "")
    if "@" in parts.netloc or parts.netloc.startswith("."):
        raise ValueError(value)
    return parts
