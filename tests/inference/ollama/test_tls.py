import asyncio
import datetime
import ssl
from collections.abc import AsyncIterator
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from inference.ollama import ChatRequest, Client, Timeouts, Unreachable

from .wire import DONE, Wire, streams, then_waits, token

HELLO = ChatRequest("pip", [])


def certificate_of(common_name: str) -> tuple[str, str]:
    """A key and a certificate for 127.0.0.1 that vouches for itself, both in PEM."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, common_name)])
    now = datetime.datetime.now(datetime.UTC)
    names = x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))])
    signed = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(names, critical=False)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    return private.decode(), signed.public_bytes(serialization.Encoding.PEM).decode()


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file with both."""
    path = tmp_path_factory.mktemp("tls") / "ollama.pem"
    path.write_text("".join(certificate_of("ollama")))
    return path


@pytest.fixture(scope="module")
def pem(certificate: Path) -> str:
    return certificate.read_text()


@pytest.fixture
async def tls_wire(certificate: Path) -> AsyncIterator[Wire]:
    wire = Wire()
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate)
    server = await asyncio.start_server(wire.serve, "127.0.0.1", 0, ssl=context)
    wire.url = "https://127.0.0.1:{1}".format(*server.sockets[0].getsockname())
    yield wire
    server.close()
    await wire.until(lambda: wire.open == 0)
    await server.wait_closed()


@pytest.fixture
def trusted(certificate: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))


async def read(client: Client) -> str:
    async with client.chat(HELLO) as batches:
        return "".join([piece.content async for pieces in batches for piece in pieces])


@pytest.mark.usefixtures("trusted")
async def test_reads_over_tls(tls_wire: Wire) -> None:
    tls_wire.plays(streams(token("Hel"), token("lo"), DONE))
    assert await read(Client(tls_wire.url)) == "Hello"


@pytest.mark.usefixtures("trusted")
async def test_leaving_closes_a_tls_connection(tls_wire: Wire) -> None:
    tls_wire.plays(then_waits())
    async with Client(tls_wire.url).chat(HELLO):
        await tls_wire.until(lambda: len(tls_wire.asked) == 1)
    await tls_wire.until(lambda: tls_wire.open == 0)


async def test_believes_a_certificate_that_it_was_given(tls_wire: Wire, pem: str) -> None:
    tls_wire.plays(streams(token("Hello"), DONE))
    assert await read(Client(tls_wire.url, ca=pem)) == "Hello"


@pytest.mark.usefixtures("trusted")
async def test_believes_no_other_then(tls_wire: Wire) -> None:
    other = certificate_of("another")[1]
    with pytest.raises(Unreachable, match="self-signed certificate"):
        await Client(tls_wire.url, ca=other).version()


def test_a_text_that_is_no_certificate() -> None:
    with pytest.raises(ValueError, match="PEM"):
        Client("https://ollama.example", ca="-----BEGIN nothing")


async def test_a_certificate_that_nobody_vouches_for(tls_wire: Wire) -> None:
    with pytest.raises(Unreachable, match="self-signed certificate"):
        await Client(tls_wire.url).version()


async def test_a_handshake_that_never_ends(wire: Wire) -> None:
    wire.plays(then_waits())
    url = wire.url.replace("http:", "https:")
    with pytest.raises(Unreachable, match="in time"):
        await Client(url, timeouts=Timeouts(connect=0.1)).version()
