from ipaddress import ip_network

import pytest

from webchat.proxies import TrustedProxies


async def seen(peer, *headers, trusted=("10.0.0.0/8", "::1/128"), kind="http"):
    """The scope that the application behind gets."""
    scopes = []

    async def application(scope, receive, send):
        scopes.append(scope)

    scope = {
        "type": kind,
        "scheme": "http" if kind == "http" else "ws",
        "client": peer and (peer, 50000),
        "root_path": "/x",
        "headers": [(name.encode(), value.encode()) for name, value in headers],
    }
    await TrustedProxies(application, map(ip_network, trusted))(scope, None, None)
    return scopes[0]


ADDRESS = ("x-real-ip", "192.0.2.7")
SECURE = ("x-forwarded-proto", "https")


@pytest.mark.parametrize("peer", ["10.1.2.3", "::1", "::ffff:10.1.2.3"])
async def test_a_trusted_proxy_is_believed(peer):
    scope = await seen(peer, ADDRESS, SECURE)
    assert scope["client"] == ("192.0.2.7", 0)
    assert scope["scheme"] == "https"


async def test_a_trusted_proxy_is_believed_for_sockets():
    assert (await seen("10.1.2.3", SECURE, kind="websocket"))["scheme"] == "wss"


async def test_a_stranger_is_not_believed():
    scope = await seen("192.0.2.1", ADDRESS, SECURE)
    assert scope["client"] == ("192.0.2.1", 50000)
    assert scope["scheme"] == "http"


async def test_without_trusted_proxies_nobody_is_believed():
    scope = await seen("127.0.0.1", ADDRESS, SECURE, trusted=())
    assert (scope["client"][0], scope["scheme"]) == ("127.0.0.1", "http")


async def test_a_peer_without_an_address_is_a_stranger():
    scope = await seen(None, ADDRESS)
    assert scope["client"] is None


@pytest.mark.parametrize(
    "headers",
    [
        (("x-real-ip", "somebody"),),
        (("x-real-ip", "192.0.2.7, 192.0.2.8"),),
        (ADDRESS, ("x-real-ip", "192.0.2.8")),
        (("x-forwarded-for", "192.0.2.7"),),
        (("x-forwarded-proto", "gopher"),),
        (SECURE, ("x-forwarded-proto", "http")),
    ],
)
async def test_what_a_proxy_of_ours_would_not_say_counts_for_nothing(headers):
    scope = await seen("10.1.2.3", *headers)
    assert (scope["client"], scope["scheme"]) == (("10.1.2.3", 50000), "http")


@pytest.mark.parametrize("peer", ["10.1.2.3", "192.0.2.1"])
async def test_no_header_of_this_kind_goes_further_in(peer):
    spoken = [ADDRESS, SECURE, ("Daphne-Root-Path", "/x"), ("x-forwarded-host", "evil.example")]
    scope = await seen(peer, *spoken, ("host", "chat.lan"))
    assert scope["headers"] == [(b"host", b"chat.lan")]


async def test_nobody_sets_the_root_path():
    assert (await seen("10.1.2.3"))["root_path"] == ""
