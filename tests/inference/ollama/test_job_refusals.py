"""Words of registries, disks and files that Ollama passes on, and what they mean."""

import pytest

from inference.ollama.job_refusals import job_failure, job_refusal
from inference.ollama.places import without_places

GET = 'pull model manifest: Get "https://registry.ollama.ai/v2/library/x/manifests/latest": '


@pytest.mark.parametrize(
    ("said", "kind", "retryable"),
    [
        ("pull model manifest: file does not exist", "not_in_registry", False),
        (GET + "dial tcp: lookup registry.ollama.ai: no such host", "registry_unreachable", True),
        (GET + "dial tcp 1.2.3.4:443: i/o timeout", "registry_unreachable", True),
        (GET + "net/http: TLS handshake timeout", "registry_unreachable", True),
        (GET + "EOF", "registry_unreachable", True),
        (GET + "read tcp: connection reset by peer", "registry_unreachable", True),
        (GET + "http: server gave HTTP response to HTTPS client", "untrusted_registry", False),
        (GET + "tls: failed to verify certificate: x509: unknown", "untrusted_registry", False),
        ("insecure protocol http", "untrusted_registry", False),
        ("pull model manifest: 412: requires a newer version of Ollama", "not_able", False),
        ("pull model manifest: 401: {}", "not_allowed", False),
        ("pull model manifest: 429: slow down", "busy", True),
        ("pull model manifest: 503: upstream", "registry_unreachable", True),
        ("max retries exceeded: unexpected EOF", "registry_unreachable", True),
        ("max retries exceeded: write /a/b: no space left on device", "no_space", False),
        ("write C:\\models\\x: There is not enough space on the disk.", "no_space", False),
        ("digest mismatch, file must be downloaded again: want a, got b", "interrupted", True),
        ('digest mismatch, expected "sha256:a", got "sha256:b"', "bad_file", False),
        (
            "this model requires MLX support, but the MLX runtime is not available",
            "not_able",
            False,
        ),
        ("unauthorized: access denied", "not_allowed", False),
        ("unqualified name: registry.ollama.ai/library/a b:latest", "name_refused", False),
        ("open /m/manifests/r/l/x/latest: no such file or directory", "model_missing", False),
        ("open /m/blobs/sha256-11: no such file or directory", "blob_missing", False),
        ("supplied file was not in GGUF format", "bad_file", False),
        ("invalid file magic", "bad_file", False),
        ('unsupported architecture "Clip"', "bad_file", False),
        ("unsupported quantization type Q9_9 - supported types are F32", "not_able", False),
        ("quantization is only supported for F16, BF16 and F32 models", "not_able", False),
        ("template error: template: :1: missing value for if", "refused", False),
        ("neither 'from' or 'files' was specified", "refused", False),
        ("model 'nope' not found", "model_missing", False),
        ("context canceled", "interrupted", True),
        ("something that nobody has seen before", "refused", False),
    ],
)
def test_a_line_with_an_error(said: str, kind: str, *, retryable: bool) -> None:
    error = job_failure(said)
    assert (error.kind, error.retryable) == (kind, retryable)
    assert error.said == said


def test_what_is_refused_at_once_is_not_taken_for_a_network_that_fails() -> None:
    assert job_refusal(400, b'{"error":"unexpected EOF"}').kind == "refused"
    assert job_refusal(500, b'{"error":"context canceled"}').kind == "interrupted"


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("open /usr/share/ollama/.ollama/models/x: no such file", "open …: no such file"),
        ("write C:\\Users\\ann\\x.gguf: full", "write …: full"),
        ('Get "https://ann:pw@10.0.0.1:5000/v2/a?b=c": EOF', 'Get "…": EOF'),
        ("dial tcp 10.0.0.1:443: i/o timeout", "dial tcp …: i/o timeout"),
        ("dial tcp [fe80::1%eth0]:443: i/o timeout", "dial tcp …: i/o timeout"),
        ("lookup x on 127.0.0.53:53: no such host", "lookup x on …: no such host"),
        # What people need to know stays.
        ("registry.ollama.ai/library/llama2:latest does not support tools", None),
        ("127.0.0.1:5003/library/pip:latest does not support tools", None),
        ("version 0.24.0 is too old, and/or 1/2 of it", None),
        ('template: :1: unexpected "}" in {{ if /think }}', None),
    ],
)
def test_paths_and_addresses_are_not_for_everybody(said: str, shown: str | None) -> None:
    assert without_places(said) == (said if shown is None else shown)
