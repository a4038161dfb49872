import h11
from hypothesis import given
from hypothesis import strategies as st

from inference.ollama.chunks import Chunks

from .test_lines import cut

HEAD = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"


def understood(wire: bytes) -> tuple[bytes, str]:
    """The body that h11 finds in these bytes, and how it ends."""
    connection = h11.Connection(h11.CLIENT)
    connection.send(h11.Request(method="GET", target="/", headers=[("Host", "ollama")]))
    connection.send(h11.EndOfMessage())
    body = b""
    try:
        connection.receive_data(wire)
        connection.receive_data(b"")
        while not isinstance(event := connection.next_event(), h11.EndOfMessage):
            if isinstance(event, h11.ConnectionClosed):
                return body, "closed"
            body += event.data if isinstance(event, h11.Data) else b""
    except h11.RemoteProtocolError:
        return body, "error"
    return body, "end"


def taken(parts: list[bytes]) -> tuple[bytes, bytes]:
    """What the parser is given, and the content that goes past it."""
    found = Chunks()
    parser, content = b"", b""
    for part in parts:
        if found.in_body:
            content += found.contents(part)
        else:
            parser += found.head(found.rest() + part)
            if found.in_body:
                content += found.contents(b"")
    return parser + found.rest(), content


def chunks(*contents: bytes) -> bytes:
    return b"".join(b"%x\r\n%b\r\n" % (len(content), content) for content in contents)


bodies = st.lists(st.binary(min_size=1, max_size=300), max_size=6).map(lambda all_: chunks(*all_))
ends = st.sampled_from(
    [
        b"0\r\n\r\n",
        b"00\r\nX-Sum: 1\r\n\r\n",
        b"",
        b"zz\r\n",
        b"\r\n\r\n",
        b"5;a=b\r\nhello\r\n0\r\n\r\n",
    ]
)


@given(bodies, ends, st.lists(st.integers(0), max_size=12), st.integers(0))
def test_finds_what_the_parser_would(
    body: bytes, end: bytes, places: list[int], missing: int
) -> None:
    wire = HEAD + body + end
    wire = wire[: len(wire) - missing % 40]
    parser, content = taken(cut(wire, places))
    rest, how = understood(parser)
    assert (content + rest, how) == understood(wire)


@given(st.binary(max_size=200), st.lists(st.integers(0), max_size=6))
def test_rubbish_passes_as_it_came(rubbish: bytes, places: list[int]) -> None:
    data = HEAD.replace(b"chunked", b"gzip, chunked") + rubbish
    assert taken(cut(data, places)) == (data, b"")


def test_one_read_is_one_content() -> None:
    found = Chunks()
    assert found.head(HEAD + chunks(b"one")) == HEAD
    assert found.contents(b"") == b"one"
    assert found.contents(chunks(b"two", b"three", b"four")) == b"twothreefour"


def test_holds_no_content_back() -> None:
    assert taken([HEAD + b"64\r\nhalf"]) == (HEAD, b"half")


def test_the_end_is_for_the_parser() -> None:
    assert taken([HEAD + chunks(b"one"), b"0\r\n", b"\r\n"]) == (HEAD + b"0\r\n\r\n", b"one")


def test_a_head_without_end_passes_on() -> None:
    data = b"x" * 70_000
    assert taken([data]) == (data, b"")
