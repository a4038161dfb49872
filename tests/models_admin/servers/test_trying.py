"""What is said of a server that does not answer as one should."""

import pytest

from inference.clients import Way
from models_admin.servers.trying import NoServer, try_server


def words(practice, **fault) -> NoServer:
    practice.script(faults=fault)
    with pytest.raises(NoServer) as caught:
        try_server(Way(practice.url))
    return caught.value


def test_a_server_that_answers_says_its_version_and_models(practice):
    found = try_server(Way(practice.url))
    assert (found.version, found.models) == ("0.24.0", len(practice.names()))


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_redirects(practice, status):
    found = words(practice, kind="status", status=status, text="")
    assert "not followed" in found.words
    assert len(practice.requests()) == 1


@pytest.mark.parametrize("status", [401, 403])
def test_a_proxy_that_wants_a_header(practice, status):
    found = words(practice, kind="status", status=status, text="who are you")
    assert found.field == "header_value"
    assert "does not let this program in" in found.words


def test_something_else_that_speaks_http(practice):
    assert "not as Ollama does" in words(practice, kind="status", status=404, text="<html>").words


def test_a_server_over_https_that_says_so(practice):
    text = "Client sent an HTTP request to an HTTPS server."
    assert "https, not http" in words(practice, kind="status", status=400, text=text).words


def test_nobody_there(practice):
    with practice.down(), pytest.raises(NoServer, match="Nothing answers there"):
        try_server(Way(practice.url))


def test_a_name_that_nobody_knows():
    with pytest.raises(NoServer, match="Nothing answers there"):
        try_server(Way("http://no-such-host.invalid:11434"))


def test_what_is_no_address():
    with pytest.raises(NoServer, match="not the address"):
        try_server(Way("gopher://gpu-1"))
