import pytest

from inference.addresses import from_ollama_host, normal


@pytest.mark.parametrize(
    ("value", "url"),
    [
        ("", "http://127.0.0.1:11434"),
        ("gpu.lan", "http://gpu.lan:11434"),
        ("1.2.3.4", "http://1.2.3.4:11434"),
        ("1.2.3.4:1234", "http://1.2.3.4:1234"),
        (":1234", "http://127.0.0.1:1234"),
        ("0.0.0.0", "http://127.0.0.1:11434"),  # noqa: S104
        ("0.0.0.0:1234", "http://127.0.0.1:1234"),
        ("http://1.2.3.4", "http://1.2.3.4:80"),
        ("https://ai.example", "https://ai.example:443"),
        ("https://ai.example:8443", "https://ai.example:8443"),
        ("ai.example:56789/ollama", "http://ai.example:56789/ollama"),
        ("https://ai.example/ollama/", "https://ai.example:443/ollama"),
        ("[::1]", "http://[::1]:11434"),
        ("::1", "http://[::1]:11434"),
        ("[::]:1337", "http://[::1]:1337"),
        ("[2001:db8::1]:1337", "http://[2001:db8::1]:1337"),
        ("1.2.3.4:66000", "http://1.2.3.4:11434"),
        ("1.2.3.4:-1", "http://1.2.3.4:11434"),
        ("1.2.3.4:port", "http://1.2.3.4:11434"),
        (' "1.2.3.4" ', "http://1.2.3.4:11434"),
        ("'gpu:1234'", "http://gpu:1234"),
        ("ollama.com", "https://ollama.com:443"),
    ],
)
def test_reads_ollama_host_as_its_clients_do(value, url):
    assert from_ollama_host(value) == url


def test_one_server_has_one_spelling():
    assert normal(" http://GPU.lan:11434/ ") == normal("http://gpu.lan:11434")


@pytest.mark.parametrize(
    "url", ["gpu.lan:11434", "ftp://gpu.lan", "http://", "http://gpu:99999", "http://a/?b"]
)
def test_refuses_what_is_no_address(url):
    with pytest.raises(ValueError):  # noqa: PT011
        normal(url)
