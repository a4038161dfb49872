"""Which Ollama servers there are: what the environment names, and the practice server otherwise."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction

from accounts.database import in_database
from inference import addresses, heartbeats, status
from inference.catalogue import REFRESH
from inference.models import Job, Server
from inference.ollama import Client, OllamaError, Timeouts
from inference.practice import PracticeServer

# Seconds that a server may take to say its version when we only want to know who is there.
PROBE = 1.5
PRACTICE_NAME = "practice"


@dataclass
class Choice:
    """The servers in use, and the practice server if it runs in this process for want of one."""

    # A line for each, for the console.
    words: list[str]
    practice: PracticeServer | None = None

    async def close(self) -> None:
        """Ends the practice server, if there is one."""
        if self.practice is not None:
            await self.practice.stop()


async def choose_servers() -> Choice:
    """Brings the servers' rows in line with the environment.

    What it names is used, whether or not it answers. Where it names nothing, the servers that were
    ever known are; else Ollama's default address if something answers there; else a practice
    server, which then runs in this process and loop.
    """
    urls: list[str] = settings.OLLAMA_URLS
    if not settings.OLLAMA_NAMED:
        known = await in_database(_known)
        default = addresses.normal(urls[0])
        # Also where an administrator has turned off what answers at the default address.
        if any(server.enabled or server.url == default for server in known):
            await in_database(_end_practice)
            return Choice(await _words([server.url for server in known if server.enabled]))
        if not known and await version_of(urls[0]) is None:
            return await _practise()
    await in_database(from_environment, urls)
    return Choice(await _words(urls))


@transaction.atomic
def from_environment(urls: Iterable[str]) -> None:
    """Makes a row of each address, and puts aside those that the environment named before."""
    wanted = list(dict.fromkeys(addresses.normal(url) for url in urls))
    _end_practice()
    named = Server.objects.filter(from_environment=True)
    named.exclude(url__in=wanted).update(enabled=False)
    for url in wanted:
        _use(url)


@transaction.atomic
def adopt(url: str) -> Server:
    """Uses a real server from now on instead of the practice server.

    Raises ValueError if `url` is no address.
    """
    server = _use(addresses.normal(url))
    _end_practice()
    return server


@transaction.atomic
def use(server: Server) -> None:
    """Looks at a server that was added or changed, and practises no more."""
    if not server.practice:
        _end_practice()
    Job.objects.submit(REFRESH, server=server)


async def version_of(url: str) -> str | None:
    """The version of the Ollama at `url`, None if none answers there at once."""
    client = Client(url, timeouts=Timeouts(connect=PROBE, answer=PROBE))
    try:
        async with asyncio.timeout(2 * PROBE):
            return await client.version()
    except (OllamaError, TimeoutError):
        return None
    finally:
        await client.close()


async def look_for_real(owner: str) -> None:
    """Keeps for the pages whether a real server answers while only the practice server is used."""
    if settings.OLLAMA_NAMED or not await in_database(status.only_practice):
        return
    url = settings.OLLAMA_URLS[0]
    await in_database(heartbeats.offer, owner, url if await version_of(url) else "")


def _known() -> list[Server]:
    return list(Server.objects.filter(practice=False))


def _use(url: str) -> Server:
    place = urlsplit(url)
    server, _ = Server.objects.update_or_create(
        url=url,
        defaults={
            "enabled": True,
            "from_environment": True,
            "practice": False,
            "slots": settings.OLLAMA_SLOTS,
        },
        create_defaults={
            "name": place.netloc.rpartition("@")[2][:100],
            "from_environment": True,
            "slots": settings.OLLAMA_SLOTS,
        },
    )
    Job.objects.submit(REFRESH, server=server)
    return server


def _end_practice() -> None:
    Server.objects.filter(practice=True).update(enabled=False)


async def _practise() -> Choice:
    url = await in_database(_practice_url)
    if url and await version_of(url):  # it runs in another process of ours
        return Choice([_practice_words(url)])
    practice = PracticeServer()
    await practice.start()
    await in_database(_use_practice, practice.url)
    return Choice([_practice_words(practice.url)], practice)


def _practice_url() -> str | None:
    return Server.objects.filter(practice=True).values_list("url", flat=True).first()


def _use_practice(url: str) -> None:
    """One row, whatever its port is this time."""
    server, _ = Server.objects.update_or_create(
        practice=True,
        defaults={
            "url": url,
            "enabled": True,
            "error": "",
            "checked_at": None,
            "slots": settings.OLLAMA_SLOTS,
        },
        create_defaults={
            "url": url,
            "name": PRACTICE_NAME,
            "practice": True,
            "slots": settings.OLLAMA_SLOTS,
        },
    )
    Job.objects.submit(REFRESH, server=server)


def _practice_words(url: str) -> str:
    return (
        f"No Ollama answers at {_shown(settings.OLLAMA_URLS[0])}. A practice server stands in at "
        f"{url}: its answers are made up."
    )


async def _words(urls: list[str]) -> list[str]:
    versions = await asyncio.gather(*(version_of(url) for url in urls))
    return [
        f"Ollama {version} answers at {_shown(url)}."
        if version
        else f"Nothing answers at {_shown(url)} yet. It is tried again every few seconds."
        for url, version in zip(urls, versions, strict=True)
    ]


def _shown(url: str) -> str:
    """The address without a name and password in it."""
    parts = urlsplit(url)
    return parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()
