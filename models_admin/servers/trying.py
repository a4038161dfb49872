"""Tries a server before it is kept, and says in words what is wrong with its address."""

import asyncio
import re
from dataclasses import dataclass

from asgiref.sync import async_to_sync
from django.utils.translation import gettext as _

from inference.clients import Way
from inference.ollama import (
    BadAnswer,
    Client,
    ModelMissing,
    NotAble,
    OllamaError,
    Refused,
    Timeouts,
    Unreachable,
)

# Seconds: somebody waits for the page.
CONNECT, ANSWER = 3.0, 5.0


@dataclass(frozen=True)
class Answered:
    """What a server said of itself."""

    version: str
    models: int


class NoServer(Exception):
    """No Ollama answers there; `field` is the one to correct: "url", "header_value" or "ca"."""

    def __init__(self, words: str, field: str = "url") -> None:
        super().__init__(words)
        self.words = words
        self.field = field


def try_server(way: Way) -> Answered:
    """Asks a server for its version and its models, which takes at most ten seconds.

    Raises NoServer, in the reader's language.
    """
    try:
        return async_to_sync(_ask)(way)
    except OllamaError as error:
        raise _explained(error, way.url) from error
    except TimeoutError as error:
        raise NoServer(_("It takes longer than ten seconds to answer.")) from error
    except ValueError as error:
        raise NoServer(_("This is not the address of a server.")) from error


async def _ask(way: Way) -> Answered:
    client: Client = way.client(Timeouts(connect=CONNECT, answer=ANSWER))
    try:
        async with asyncio.timeout(2 * ANSWER):
            version = await client.version()
            return Answered(version, len(await client.tags()))
    finally:
        await client.close()


def _explained(error: OllamaError, url: str) -> NoServer:
    said = error.said
    is_https = url.startswith("https:")
    if isinstance(error, Unreachable):
        return _unreachable(said, is_https=is_https)
    if not is_https and re.search(r"HTTPS (server|port)", said):
        return NoServer(_("It speaks https, not http. Begin the address with “https://”."))
    if "redirects" in said:
        return NoServer(
            _(
                "It sends on to another address, and that is not followed. Enter the address "
                "where Ollama itself answers."
            )
        )
    if isinstance(error, Refused):
        words = _(
            "Something answers there, but does not let this program in. A proxy before Ollama may "
            "want a header, such as a bearer token. (%(said)s)"
        ) % {"said": error.shown or _("no reason given")}
        return NoServer(words, "header_value")
    if isinstance(error, BadAnswer | ModelMissing | NotAble):
        return NoServer(
            _(
                "Something answers there, but not as Ollama does. Look at the port and the path: "
                "the address ends before “/api”."
            )
        )
    return NoServer(error.message)


def _unreachable(said: str, *, is_https: bool) -> NoServer:
    if is_https and re.search(r"certificate|Hostname mismatch|IP address mismatch", said):
        words = _(
            "Nobody whom this program trusts vouches for its certificate (%(said)s). If it comes "
            "from your own certificate authority, add that one's certificate below."
        )
        return NoServer(words % {"said": said}, "ca")
    if is_https and re.search(r"WRONG_VERSION|UNKNOWN_PROTOCOL|HTTP_REQUEST|RECORD_LAYER", said):
        return NoServer(_("It speaks http, not https. Begin the address with “http://”."))
    return NoServer(
        _(
            "Nothing answers there. Look at the name and the port, whether Ollama runs, and "
            "whether OLLAMA_HOST lets it listen to more than its own machine. (%(said)s)"
        )
        % {"said": said or _("no reason given")}
    )
