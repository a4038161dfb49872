"""Where things are kept: the database, the channel layer, the data folder and the secret key."""

import os
import secrets
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from .environment import WrongSetting

_POSTGRES = "an address such as postgresql://user:password@host:5432/name"
_REDIS = "an address such as redis://host:6379/0 (or rediss:// and unix://)"
CONNECTIONS = 16  # at most, for each process
STATEMENT_TIMEOUT_MS = 30_000


def sqlite(folder: Path) -> dict[str, Any]:
    return {
        "ENGINE": "webchat.sqlite",
        "NAME": folder / "webchat.sqlite3",
        # Kept by the few threads that use it: to open one is 1 ms of a request.
        "CONN_MAX_AGE": None,
        "OPTIONS": {
            # A transaction that begins as a reader cannot become a writer: it fails at once.
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": (
                "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON;"
            ),
        },
        # A file, as threads and processes share it.
        "TEST": {"NAME": folder / "test.sqlite3"},
    }


def postgres(url: str) -> dict[str, Any]:
    """Django's settings for a database address. What it holds is a secret: no sentence shows it."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise _not_allowed("WEBCHAT_DATABASE_URL", _POSTGRES) from None
    name = unquote(parts.path.lstrip("/"))
    if parts.scheme not in ("postgresql", "postgres") or not name or "/" in name:
        raise _not_allowed("WEBCHAT_DATABASE_URL", _POSTGRES)
    _needs("psycopg_pool", "WEBCHAT_DATABASE_URL", "postgres")
    extra = dict(parse_qsl(parts.query))  # sslmode and what else libpq knows
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": name,
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": extra.pop("host", "") or unquote(parts.hostname or ""),
        "PORT": extra.pop("port", "") or str(port or ""),
        # The pool keeps the connections; without the check it hands out dead ones after a restart.
        "CONN_MAX_AGE": 0,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {
            "connect_timeout": 5,
            "options": f"-c statement_timeout={STATEMENT_TIMEOUT_MS}",
            **extra,
            # To reconnect the pool waits twice as long each time, up to minutes. One that gives up
            # soon begins anew with the next request: the chat is back seconds after PostgreSQL.
            "pool": {
                "min_size": 1,
                "max_size": CONNECTIONS,
                "timeout": 15,
                "reconnect_timeout": 3,
            },
        },
    }


def redis_layer(url: str) -> dict[str, Any]:
    """The channel layer of several processes."""
    _check_redis(url)
    return {
        "BACKEND": "channels_redis.core.RedisChannelLayer",
        "CONFIG": {
            "hosts": [
                {
                    "address": url,
                    # Longer than the 5 s for which an idle reader blocks, or it is cut off.
                    "socket_timeout": 15,
                    "socket_connect_timeout": 5,
                    "health_check_interval": 30,
                }
            ],
            "prefix": "webchat",
            "capacity": 10_000,  # shared by all the sockets of a process
        },
    }


def redis_cache(url: str) -> dict[str, Any]:
    return {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": url,
        "KEY_PREFIX": "webchat",
        "OPTIONS": {"socket_timeout": 15, "socket_connect_timeout": 5},
    }


def data_folder(path: Path) -> Path:
    """The folder itself, made where it is missing; others of the machine may not look into it."""
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        probe = path / f".{secrets.token_hex(8)}"
        probe.touch()
        probe.unlink()
    except OSError as error:
        raise WrongSetting(
            f"WEBCHAT_DATA_DIR={path} cannot be used ({error.strerror}); "
            "it must be a folder that this user may write to."
        ) from None
    return path


def secret_key(file: Path) -> str:
    """The key in `file` (mode 600), made by the first process that asks."""
    if not file.exists():
        own = file.with_name(f"{file.name}.{secrets.token_hex(8)}")
        with open(os.open(own, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as new:
            new.write(secrets.token_urlsafe(50) + "\n")
        try:
            # A link is made whole or not at all: of two processes, both read the first one's key.
            os.link(own, file)
        except FileExistsError:
            pass
        finally:
            own.unlink()
    if file.stat().st_mode & 0o077:
        file.chmod(0o600)  # a copy from a backup, say
    return file.read_text().strip()


def _check_redis(url: str) -> None:
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        raise _not_allowed("WEBCHAT_REDIS_URL", _REDIS) from None
    place = parts.path if parts.scheme == "unix" else parts.hostname
    if parts.scheme not in ("redis", "rediss", "unix") or not place:
        raise _not_allowed("WEBCHAT_REDIS_URL", _REDIS)
    _needs("channels_redis", "WEBCHAT_REDIS_URL", "redis")


def _not_allowed(name: str, allowed: str) -> WrongSetting:
    return WrongSetting(f"{name} (not shown, it may hold a password) must be {allowed}.")


def _needs(module: str, name: str, lock: str) -> None:
    if find_spec(module) is None:
        raise WrongSetting(
            f"{name} needs packages that are not installed; `make run` installs them, "
            f"or: pip install --require-hashes -r requirements/{lock}.txt"
        )
