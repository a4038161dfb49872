import gzip
import re
from pathlib import Path

import pytest
from django.conf import settings
from django.template import Context, Template
from django.templatetags.static import static

from webchat import assets
from webchat.assets import Assets, Shelf, respond

STYLES = ".a { color: red }\n" * 50
ICON = "<svg xmlns='http://www.w3.org/2000/svg'/>"


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    for name, text in {
        "css/a.css": STYLES + ".icon { background: url('../icons/dot.svg#x') }\n",
        "css/tokens.css": ":root { --ink: black }\n",
        "js/a.js": "const A = 1\n",
        "icons/dot.svg": ICON,
        "vendor/lib.js": "lib()\n",
    }.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    return Shelf(tmp_path)


def get(shelf, name, method="GET", **headers):
    asked = {key.replace("_", "-").encode(): value.encode() for key, value in headers.items()}
    status, answered, body = respond(shelf, method, name, asked)
    return status, {key.decode(): value.decode() for key, value in answered}, body


def hashed(shelf, name):
    return shelf.by_name[name].url


def test_a_name_carries_the_hash_of_what_is_in_it(shelf, tmp_path):
    before = hashed(shelf, "vendor/lib.js")
    assert re.fullmatch(r"vendor/lib\.[0-9a-f]{12}\.js", before)
    assert hashed(Shelf(tmp_path), "vendor/lib.js") == before
    (tmp_path / "vendor/lib.js").write_text("lib(2)\n")
    assert hashed(Shelf(tmp_path), "vendor/lib.js") != before


def test_a_hashed_name_is_kept_for_good(shelf):
    status, headers, body = get(shelf, hashed(shelf, "vendor/lib.js"))
    assert (status, body) == (200, b"lib()\n")
    assert headers["cache-control"] == "public, max-age=31536000, immutable"
    assert headers["content-type"] == "text/javascript; charset=utf-8"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["content-length"] == "6"


def test_a_plain_name_is_asked_for_again(shelf):
    status, headers, _ = get(shelf, "vendor/lib.js")
    assert (status, headers["cache-control"]) == (200, "no-cache")


def test_an_old_hash_is_not_found(shelf):
    assert get(shelf, "vendor/lib.000000000000.js")[0] == 404


def test_compressed_for_those_who_take_it(shelf):
    name = hashed(shelf, "webchat.css")
    _, plain_headers, plain = get(shelf, name)
    _, headers, packed = get(shelf, name, accept_encoding="br, gzip")
    assert headers["content-encoding"] == "gzip"
    assert "content-encoding" not in plain_headers
    assert headers["vary"] == plain_headers["vary"] == "accept-encoding"
    assert gzip.decompress(packed) == plain
    assert int(headers["content-length"]) == len(packed) < len(plain)


def test_what_compression_makes_larger_stays_as_it_is(shelf):
    _, headers, _ = get(shelf, hashed(shelf, "vendor/lib.js"), accept_encoding="gzip")
    assert "content-encoding" not in headers


def test_what_the_browser_has_is_not_sent_again(shelf):
    name = hashed(shelf, "vendor/lib.js")
    etag = get(shelf, name)[1]["etag"]
    status, headers, body = get(shelf, name, if_none_match=f'"other", {etag}')
    assert (status, body, headers["etag"]) == (304, b"", etag)


@pytest.mark.parametrize(
    "name",
    [
        "",
        "../settings.py",
        "vendor/../../manage.py",
        "/etc/passwd",
        "vendor",
        "css/a.css",
        "vendor/lib.js\0",
    ],
)
def test_nothing_else_can_be_read(shelf, name):
    status, _, body = get(shelf, name)
    assert (status, body) == (404, b"Not found")


def test_only_reading_is_allowed(shelf):
    status, headers, _ = get(shelf, "vendor/lib.js", "POST")
    assert (status, headers["allow"]) == (405, "GET, HEAD")


def test_styles_link_to_hashed_files(shelf):
    css = get(shelf, "webchat.css")[2].decode()
    assert f"url('{hashed(shelf, 'icons/dot.svg')}#x')" in css


def test_sees_that_a_file_changed(shelf, tmp_path):
    assert not shelf.is_stale()
    (tmp_path / "js/b.js").write_text("const B = 1\n")
    assert shelf.is_stale()


# In front of the application


async def call(application, path, method="GET"):
    sent = []

    async def send(event):
        sent.append(event)

    scope = {"type": "http", "method": method, "path": path, "headers": []}
    await application(scope, None, send)
    return sent


async def passed_on(scope, receive, send):
    await send({"type": "passed on", "path": scope["path"]})


async def test_answers_below_its_address_only():
    application = Assets(passed_on)
    start, body = await call(application, static("webchat.css"))
    assert start["status"] == 200
    assert body["body"]
    assert await call(application, "/conversations/") == [
        {"type": "passed on", "path": "/conversations/"}
    ]


async def test_a_head_request_gets_the_headers_alone():
    start, body = await call(Assets(passed_on), static("webchat.css"), "HEAD")
    assert dict(start["headers"])[b"content-length"] != b"0"
    assert body["body"] == b""


def test_a_template_names_the_hashed_file():
    page = Template("{% load static %}{% static 'webchat.js' %}").render(Context())
    assert re.fullmatch(r"/static/webchat\.[0-9a-f]{12}\.js", page)


def test_a_template_with_a_wrong_name_fails():
    with pytest.raises(ValueError, match=r"no static file 'webchat\.cs'"):
        static("webchat.cs")


def test_in_debug_a_changed_file_is_read_again(tmp_path, settings, monkeypatch):
    settings.DEBUG = True
    settings.BASE_DIR = tmp_path
    monkeypatch.setattr(assets, "_shelf", None)
    (tmp_path / "static" / "css").mkdir(parents=True)
    before = static("webchat.css")
    (tmp_path / "static" / "css" / "new.css").write_text(".new { color: red }")
    assert static("webchat.css") != before


def test_our_modules_do_not_import_one_another():
    # Each is a block of one joined module, where import and export cannot stand.
    for file in (settings.BASE_DIR / "static").glob("**/js/*.js"):
        assert not re.search(r"^\s*(import|export)\b(?!\()", file.read_text(), re.M), file.name


def test_the_pages_of_models_have_their_own(tmp_path):
    for name, text in {
        "models/css/b.css": ".b { background: url('../../icons/dot.svg') }\n",
        "models/js/b.js": "const B = 1\n",
        "js/a.js": "const A = 1\n",
        "icons/dot.svg": ICON,
    }.items():
        (tmp_path / name).parent.mkdir(exist_ok=True, parents=True)
        (tmp_path / name).write_text(text)
    shelf = Shelf(tmp_path)
    assert get(shelf, "models.js")[2] == b"{\nconst B = 1\n}\n"
    assert b"const B" not in get(shelf, "webchat.js")[2]
    assert hashed(shelf, "icons/dot.svg") in get(shelf, "models.css")[2].decode()
    assert get(shelf, "models/js/b.js")[0] == 404
