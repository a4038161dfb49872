"""What browsers install, and the page for when the server is away: of nobody, kept of nobody."""

import json
import re
import struct

import pytest
from django.conf import settings

from webchat.assets import shelf

ROUTES = ["/manifest.webmanifest", "/service-worker.js", "/offline/"]


def asset(url):
    return shelf().by_url[url.removeprefix(settings.STATIC_URL)]


# Without the mark for a database: whoever asks it here fails.
@pytest.mark.parametrize("path", ROUTES)
def test_a_stranger_gets_it_and_the_database_is_not_asked(client, path):
    answer = client.get(path)
    assert answer.status_code == 200
    assert answer["Cache-Control"] == "no-cache"
    assert answer["Content-Security-Policy"].startswith("default-src 'self';")
    assert not answer.cookies


@pytest.mark.parametrize("path", ROUTES)
def test_it_is_only_there_to_be_read(client, path):
    assert client.post(path).status_code == 405


@pytest.mark.parametrize("path", ROUTES)
def test_it_is_the_same_for_who_is_signed_in(ann, client, client_of, path):
    assert client_of(ann).get(path).content == client.get(path).content


def test_every_icon_is_there_and_as_large_as_said(client):
    answer = client.get("/manifest.webmanifest")
    assert answer["Content-Type"] == "application/manifest+json"
    icons = json.loads(answer.content)["icons"]
    drawn = [icon for icon in icons if icon["type"] == "image/png"]
    for icon in drawn:
        width, height = struct.unpack(">II", asset(icon["src"]).body[16:24])  # of the PNG's IHDR
        assert icon["sizes"] == f"{width}x{height}"
    assert {(icon["purpose"], icon["sizes"]) for icon in drawn} == {
        (purpose, size) for purpose in ("any", "maskable") for size in ("192x192", "512x512")
    }
    assert any(icon["type"] == "image/svg+xml" and asset(icon["src"]) for icon in icons)


def test_the_worker_keeps_the_offline_page_and_static_files_alone(client):
    answer = client.get("/service-worker.js")
    assert answer["Content-Type"].startswith("text/javascript")
    script = answer.content.decode()
    kept = re.search(r"KEPT = \[OFFLINE, (.*)\]", script)
    assert 'OFFLINE = "/offline/"' in script
    assert kept
    assert all(asset(path) for path in json.loads(f"[{kept[1]}]"))
    assert "cache.put" not in script


def test_the_offline_page_needs_nothing_but_what_is_kept(client):
    script = client.get("/service-worker.js").content.decode()
    page = client.get("/offline/").content.decode()
    styles = re.findall(r'<link rel="stylesheet" href="([^"]+)"', page)
    assert styles
    assert all(style in script for style in styles)
    assert "<script" not in page
