"""Certificates that are pasted or uploaded, up to a real server over TLS."""

import ssl
import threading
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from ipaddress import ip_address

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile

from inference.clients import Way
from inference.models import Server
from models_admin.servers.certificates import checked, described
from models_admin.servers.trying import try_server

ADD = "/models/servers/addition/"


def certificate(name="Our own CA", days=1) -> tuple[str, str]:
    """A certificate for 127.0.0.1 that vouches for itself, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    who = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    signed = (
        x509.CertificateBuilder(who, who, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=9))
        .not_valid_after(now + timedelta(days=days))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False
        )
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    return signed.public_bytes(serialization.Encoding.PEM).decode(), private.decode()


@pytest.fixture(scope="module")
def own() -> tuple[str, str]:
    return certificate()


class Ollama(BaseHTTPRequestHandler):
    """What is asked when a server is tried."""

    def do_GET(self):
        body = b'{"version": "0.24.0"}' if "version" in self.path else b'{"models": []}'
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


@pytest.fixture(scope="module")
def tls_server(own, tmp_path_factory):
    """The address of a server over TLS with the own certificate."""
    path = tmp_path_factory.mktemp("tls") / "server.pem"
    path.write_text("".join(own))
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(path)
    server = HTTPServer(("127.0.0.1", 0), Ollama)
    server.handle_error = lambda *_: None  # clients that do not believe it go away
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield f"https://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def boss(admin, client_of):
    return client_of(admin)


def post(boss, url, **fields):
    return boss.post(ADD, {"name": "tls", "slots": "1", "enabled": "on", "url": url, **fields})


def test_keeps_only_the_certificates(own):
    pem = own[0]
    assert checked(f"Our CA:\r\n{pem}\r\nbye").strip() == pem.strip()
    assert checked("  ") == ""


def test_says_what_it_holds(own):
    (found,) = described(own[0])
    assert found.name == "Our own CA"
    assert described("") == []


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("nothing", "not a certificate in PEM"),
        ("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", "not a certificate"),
        ("x" * 50_000, "too long"),
        ("\x00\ud800", "not a certificate in PEM"),
    ],
)
def test_refuses_what_is_none(text, words):
    with pytest.raises(ValidationError, match=words):
        checked(text)


def test_refuses_a_private_key_and_does_not_repeat_it(own):
    with pytest.raises(ValidationError, match="private key"):
        checked("".join(own))


def test_refuses_one_that_has_ended():
    with pytest.raises(ValidationError, match="not valid any more"):
        checked(certificate(days=-1)[0])


@pytest.mark.django_db
def test_a_server_with_an_own_certificate_needs_it(boss, own, tls_server):
    answer = post(boss, tls_server)
    assert answer.status_code == 422
    assert "vouches for its certificate" in answer.content.decode()
    assert post(boss, tls_server, ca=own[0]).status_code == 302
    server = Server.objects.get()
    assert try_server(Way.to(server)).version == "0.24.0"
    assert "Our own CA" in boss.get(f"/models/servers/{server.pk}/").content.decode()


@pytest.mark.django_db
def test_the_certificate_may_be_a_file(boss, own, tls_server):
    file = SimpleUploadedFile("ca.pem", own[0].encode())
    assert post(boss, tls_server, ca_file=file).status_code == 302
    assert Server.objects.get().ca.strip() == own[0].strip()


@pytest.mark.django_db
def test_a_file_that_is_no_certificate(boss, tls_server):
    answer = post(boss, tls_server, ca_file=SimpleUploadedFile("ca.pem", b"\xff\x00\x01"))
    assert answer.status_code == 422
    assert "not a certificate in PEM" in answer.content.decode()


@pytest.mark.django_db
def test_another_certificate_helps_nothing(boss, tls_server):
    answer = post(boss, tls_server, ca=certificate("Another")[0])
    assert "vouches for its certificate" in answer.content.decode()


@pytest.mark.django_db
def test_a_certificate_is_for_https(boss, own, practice):
    answer = post(boss, practice.url, ca=own[0])
    assert "https://" in answer.content.decode()
    assert answer.status_code == 422


@pytest.mark.django_db
def test_https_to_a_server_that_speaks_http(boss, practice):
    answer = post(boss, practice.url.replace("http:", "https:"))
    assert "It speaks http, not https" in answer.content.decode()


@pytest.mark.django_db
def test_http_to_a_server_that_speaks_https(boss, tls_server):
    answer = post(boss, tls_server.replace("https:", "http:"))
    assert answer.status_code == 422
