import pytest

from accounts.origins import is_own


def handshake(origin, host="chat.lan", scheme="ws", **more):
    headers = [(b"host", host.encode()), (b"origin", origin.encode())]
    return {"headers": headers, "scheme": scheme, **more}


@pytest.mark.parametrize(
    ("origin", "host", "scheme"),
    [
        ("http://chat.lan", "chat.lan", "ws"),
        ("http://chat.lan:80", "chat.lan", "ws"),
        ("http://chat.lan:8000", "chat.lan:8000", "ws"),
        ("http://CHAT.lan", "chat.LAN", "ws"),
        ("https://chat.lan", "chat.lan", "wss"),
        ("https://chat.lan", "chat.lan:443", "wss"),
        ("http://[::1]:8000", "[::1]:8000", "ws"),
    ],
)
def test_own_pages(origin, host, scheme):
    assert is_own(handshake(origin, host, scheme))


@pytest.mark.parametrize(
    ("origin", "host", "scheme"),
    [
        ("https://chat.lan", "chat.lan", "ws"),
        ("http://chat.lan", "chat.lan", "wss"),
        ("http://chat.lan:8001", "chat.lan:8000", "ws"),
        ("http://chat.lan:99999", "chat.lan", "ws"),
        ("http://chat.lan:", "chat.lan:8000", "ws"),
        ("http://chat.lan/x", "chat.lan", "ws"),
        ("http://ann@chat.lan", "chat.lan", "ws"),
        ("http://[chat.lan", "chat.lan", "ws"),
        ("ftp://chat.lan", "chat.lan", "ws"),
        ("null", "null", "ws"),
        ("", "chat.lan", "ws"),
        ("http://not-allowed.example", "not-allowed.example", "ws"),
    ],
)
def test_foreign_pages(origin, host, scheme):
    assert not is_own(handshake(origin, host, scheme))


def test_no_origin():
    assert not is_own({"headers": [(b"host", b"chat.lan")]})


def test_two_origins():
    scope = handshake("http://chat.lan")
    scope["headers"].append((b"origin", b"http://chat.lan"))
    assert not is_own(scope)


def test_two_hosts():
    scope = handshake("http://chat.lan")
    scope["headers"].append((b"host", b"chat.lan"))
    assert not is_own(scope)


@pytest.mark.parametrize(
    ("origin", "own"),
    [
        ("https://chat.example", True),
        ("https://chat.example:443", True),
        ("http://chat.example", False),
        ("https://a.chat.example", False),
        ("https://a.team.example", True),
        ("https://team.example", False),
        ("https://evilteam.example", False),
    ],
)
def test_trusted_pages(origin, own, settings):
    settings.CSRF_TRUSTED_ORIGINS = ["https://chat.example", "https://*.team.example"]
    assert is_own(handshake(origin, "10.0.0.5")) == own


def test_any_host_is_no_any_origin(settings):
    settings.ALLOWED_HOSTS = ["*"]
    assert is_own(handshake("http://any.example", "any.example"))
    assert not is_own(handshake("http://evil.example", "any.example"))
