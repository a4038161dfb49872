"""Static files: `static/` held in memory, hashed and compressed, and served in front of Django.

`static/css/*.css` go to browsers as one file, `webchat.css`, and `static/js/*.js` as one module,
`webchat.js`; so do those of `static/models/`, which only the pages of models load. Everything is
small, so it is read, joined and compressed at the start (some 20 ms): there is nothing to collect,
and no manifest that can be stale. Templates name a file as `{% static 'webchat.css' %}`.
"""

import gzip
import hashlib
import mimetypes
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from django.conf import settings
from django.core.files.storage import Storage as BaseStorage

from . import joining

TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
    ".webmanifest": "application/manifest+json",
    ".woff2": "font/woff2",
}
_PACKED = {".woff2", ".png", ".jpg", ".webp"}  # compressed already
# What is joined, and the folder that holds its css/ and js/.
JOINED = {"webchat": ".", "models": "models"}
# Of others, as they came: one request instead of two, and htmx never starts without its extension.
HTMX = ("vendor/htmx-4.0.1.min.js", "vendor/hx-ws-4.0.1.min.js")
_LINK = re.compile(r"""url\((["']?)([^"')#?]+)(#[^"')]*)?\1\)""")

Scope = dict[str, Any]
Application = Callable[[Scope, Any, Any], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Asset:
    """A file as browsers get it. `url` is its address below STATIC_URL, its hash in the name."""

    url: str
    content_type: str
    etag: str
    body: bytes
    packed: bytes | None  # the same, gzip; None where that is no smaller

    @classmethod
    def of(cls, name: str, body: bytes) -> "Asset":
        path = PurePosixPath(name)
        digest = hashlib.sha256(body).hexdigest()[:12]
        kind = TYPES.get(path.suffix) or mimetypes.guess_type(name)[0] or "application/octet-stream"
        packed = None if path.suffix in _PACKED else gzip.compress(body, 9, mtime=0)
        return cls(
            url=str(path.with_name(f"{path.stem}.{digest}{path.suffix}")),
            content_type=kind,
            etag=f'"{digest}"',
            body=body,
            packed=packed if packed and len(packed) < len(body) else None,
        )


class Shelf:
    """All static files of a folder, by name and by hashed name."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.stamp = self._newest()
        files = {name: path for name, path in self._files().items() if not _is_part(name)}
        self.by_name = {name: Asset.of(name, path.read_bytes()) for name, path in files.items()}
        for name, parts in JOINED.items():
            # After the others, which styles link to by their hashed names.
            styles = _LINK.sub(self._hashed_link, joining.styles(folder / parts / "css"))
            scripts = joining.scripts(folder / parts / "js")
            self._add(f"{name}.css", styles)
            self._add(f"{name}.js", scripts)
        if all(part in self.by_name for part in HTMX):
            bodies = (self.by_name[part].body.decode() for part in HTMX)
            self._add("htmx.js", "\n;\n".join(bodies))
        self.by_url = {asset.url: asset for asset in self.by_name.values()}

    def _add(self, name: str, text: str) -> None:
        self.by_name[name] = Asset.of(name, text.encode())

    def is_stale(self) -> bool:
        return self._newest() != self.stamp

    def _files(self) -> dict[str, Path]:
        paths = sorted(path for path in self.folder.rglob("*") if path.is_file())
        return {path.relative_to(self.folder).as_posix(): path for path in paths}

    def _newest(self) -> tuple[int, int]:
        times = [path.stat().st_mtime_ns for path in self._files().values()]
        return len(times), max(times, default=0)

    def _hashed_link(self, link: re.Match[str]) -> str:
        asset = self.by_name.get(link[2])
        return f"url({link[1]}{asset.url}{link[3] or ''}{link[1]})" if asset else link[0]


def _is_part(name: str) -> bool:
    """Whether it is joined with others, and has no address of its own."""
    path = PurePosixPath(name)
    kind = path.parent.name
    return (
        str(path.parent.parent) in JOINED.values()
        and kind in ("css", "js")
        and path.suffix == f".{kind}"
    )


_shelf: Shelf | None = None


def shelf() -> Shelf:
    """The files in `static/`; with DEBUG read again when one has changed."""
    global _shelf
    if _shelf is None or (settings.DEBUG and _shelf.is_stale()):
        _shelf = Shelf(settings.BASE_DIR / "static")
    return _shelf


class Storage(BaseStorage):
    """Tells Django's `static` tag the hashed addresses; ValueError for a name that is no file."""

    def url(self, name: str | None) -> str:
        asset = shelf().by_name.get(name or "")
        if asset is None:
            raise ValueError(f"There is no static file {name!r}.")
        return f"{settings.STATIC_URL}{asset.url}"

    def path(self, name: str) -> str:
        raise NotImplementedError("Static files are joined in memory.")


class Assets:
    """ASGI: answers below STATIC_URL itself, and passes on everything else."""

    def __init__(self, application: Application) -> None:
        self.application = application
        shelf()  # read at the start, not at the first page

    async def __call__(self, scope: Scope, receive: Any, send: Any) -> None:
        if scope["type"] != "http" or not scope["path"].startswith(settings.STATIC_URL):
            await self.application(scope, receive, send)
            return
        name = scope["path"].removeprefix(settings.STATIC_URL)
        status, headers, body = respond(shelf(), scope["method"], name, dict(scope["headers"]))
        await send({"type": "http.response.start", "status": status, "headers": headers})
        shown = body if scope["method"] != "HEAD" else b""
        await send({"type": "http.response.body", "body": shown})


def respond(
    shelf: Shelf, method: str, name: str, asked: dict[bytes, bytes]
) -> tuple[int, list[tuple[bytes, bytes]], bytes]:
    """Status, headers and body for a name, hashed or not; `asked` are the request's headers."""
    # Only what was read at the start has an entry, so no path leads out of the folder.
    asset = shelf.by_url.get(name) or shelf.by_name.get(name)
    if asset is None:
        return _plain(404, b"Not found")
    if method not in ("GET", "HEAD"):
        return _plain(405, b"Not allowed", (b"allow", b"GET, HEAD"))
    hashed = name == asset.url
    headers = [
        (b"cache-control", b"public, max-age=31536000, immutable" if hashed else b"no-cache"),
        (b"etag", asset.etag.encode()),
        (b"vary", b"accept-encoding"),
        (b"x-content-type-options", b"nosniff"),
        (b"cross-origin-resource-policy", b"same-origin"),
    ]
    if asset.etag.encode() in asked.get(b"if-none-match", b""):
        return 304, headers, b""
    body = asset.body
    if asset.packed is not None and b"gzip" in asked.get(b"accept-encoding", b""):
        body = asset.packed
        headers.append((b"content-encoding", b"gzip"))
    headers.append((b"content-type", asset.content_type.encode()))
    headers.append((b"content-length", str(len(body)).encode()))
    return 200, headers, body


def _plain(
    status: int, body: bytes, *more: tuple[bytes, bytes]
) -> tuple[int, list[tuple[bytes, bytes]], bytes]:
    length = (b"content-length", str(len(body)).encode())
    return status, [(b"content-type", b"text/plain"), length, *more], body
