import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inference.ollama.names import BadName, ModelName, parse

WORD = "ABCXYZabcxyz0189_"


@pytest.mark.parametrize(
    ("text", "parts", "shown"),
    [
        ("pip", ("https", "registry.ollama.ai", "library", "pip", "latest"), "pip:latest"),
        ("pip:q8", ("https", "registry.ollama.ai", "library", "pip", "q8"), "pip:q8"),
        ("  pip\n", ("https", "registry.ollama.ai", "library", "pip", "latest"), "pip:latest"),
        ("team/pip", ("https", "registry.ollama.ai", "team", "pip", "latest"), "team/pip:latest"),
        ("hf.co/org/re.po:Q4_K_M", ("https", "hf.co", "org", "re.po", "Q4_K_M"), None),
        ("127.0.0.1:5003/library/pip", ("https", "127.0.0.1:5003", "library", "pip", "latest"), ""),
        ("http://a:1/b/c:d", ("http", "a:1", "b", "c", "d"), "a:1/b/c:d"),
        ("HTTPS://a/b/c", ("https", "a", "b", "c", "latest"), "a/b/c:latest"),
        ("library/pip", ("https", "registry.ollama.ai", "library", "pip", "latest"), "pip:latest"),
        ("Registry.Ollama.AI/Library/Pip", None, "Pip:latest"),
        ("_a", ("https", "registry.ollama.ai", "library", "_a", "latest"), "_a:latest"),
        ("a" * 80 + ":" + "b" * 80, None, "a" * 80 + ":" + "b" * 80),
    ],
)
def test_a_name(text: str, parts: tuple[str, ...] | None, shown: str | None) -> None:
    name = parse(text)
    if parts:
        assert (name.scheme, name.host, name.namespace, name.model, name.tag) == parts
    if shown:
        assert str(name) == shown
    assert parse(str(name)) == name


@pytest.mark.parametrize(
    ("text", "part", "says"),
    [
        ("", "", "Give the model a name."),
        (" \t\n", "", "Give the model a name."),
        ("a b", "model", "The name of the model cannot hold a space. Allowed are letters"),
        ("bad name!", "model", "a space"),
        ("pip!", "model", "cannot hold “!”"),
        ("größe", "model", "cannot hold “ö”"),
        ("модель", "model", "cannot hold “м”"),
        ("模型", "model", "cannot hold “模”"),
        ("p\u200bip", "model", "cannot hold U+200B"),
        ("p\0ip", "model", "cannot hold U+0000"),
        ("p\nip", "model", "cannot hold U+000A"),
        ("pip@sha256:abc", "model", "cannot hold “@”"),
        ("a:b:c", "model", "cannot hold “:”"),
        ("-a", "model", "The name of the model cannot begin with “-”"),
        (".a", "model", "cannot begin with “.”"),
        (
            "a" * 300,
            "model",
            "The name of the model is 300 characters long; no more than 80 are allowed.",
        ),
        ("a" * 81, "model", "81"),
        ("pip:", "tag", "The tag is empty."),
        (":q8", "model", "The name of the model is empty."),
        ("pip:-1", "tag", "The tag cannot begin with “-”"),
        ("pip:a b", "tag", "The tag cannot hold a space"),
        ("pip:" + "a" * 81, "tag", "81"),
        ("team/", "model", "The name of the model is empty."),
        ("/pip", "namespace", "The namespace is empty."),
        ("a//b", "namespace", "The namespace is empty."),
        ("te.am/pip", "namespace", "The namespace cannot hold “.”"),
        ("//pip", "namespace", "empty"),
        ("/a/pip", "host", "The host is empty."),
        ("-h/a/pip", "host", "The host cannot begin with “-”"),
        (":1/a/pip", "host", "cannot begin with “:”"),
        ("h" * 351 + "/a/pip", "host", "351"),
        ("a/b/c/d", "host", "three parts"),
        ("http://pip", "host", "three parts: host/namespace/model"),
        ("https://registry/pip", "host", "three parts: host/namespace/model"),
        ("ftp://a/b/c", "scheme", "Only http:// and https://"),
        ("://a/b/c", "scheme", "Only http:// and https://"),
        ("http://a://b/c/d", "scheme", "Only http"),
        ("a" * 10**6, "model", "1000000"),
    ],
)
def test_what_is_no_name(text: str, part: str, says: str) -> None:
    with pytest.raises(BadName) as raised:
        parse(text)
    assert raised.value.part == part
    assert says in raised.value.sentence
    assert len(raised.value.sentence) < 300
    assert str(raised.value) == raised.value.sentence


def test_the_sentence_can_be_translated() -> None:
    german = {
        "The %(part)s cannot hold %(character)s. Allowed are %(allowed)s.": (
            "%(part)s: ohne %(character)s, nur %(allowed)s"
        ),
        "tag": "Etikett",
        "a space": "Leerzeichen",
    }
    with pytest.raises(BadName) as raised:
        parse("pip:a b")
    translated = raised.value.sentence.translated(lambda text: german.get(text, text))
    assert translated.startswith("Etikett: ohne Leerzeichen, nur letters")


def test_names_that_differ_in_case_are_one() -> None:
    assert parse("Team/Pip:Q8") == parse("team/pip:q8")
    assert len({parse("PIP"), parse("pip:latest"), parse("library/pip:LATEST")}) == 1
    assert parse("pip") != parse("pip:q8")
    assert parse("pip") != "pip:latest"


def test_the_scheme_is_no_part_of_the_name() -> None:
    assert parse("http://a/b/c") == parse("https://a/b/c")


@pytest.mark.parametrize(
    ("text", "remote"),
    [
        ("pip", False),
        ("registry.ollama.ai/team/pip", False),
        ("REGISTRY.OLLAMA.AI/team/pip", False),
        ("registry.ollama.ai:443/team/pip", True),
        ("evil.example/a/b", True),
    ],
)
def test_a_name_can_carry_another_registry(text: str, *, remote: bool) -> None:
    assert parse(text).is_remote == remote


@pytest.mark.parametrize(
    ("text", "cloud"),
    [
        ("gpt-oss:cloud", True),
        ("gpt-oss:120b-cloud", True),
        ("gpt-oss:120B-Cloud", True),
        ("hf.co/a/b:cloud", True),
        ("gpt-oss-cloud", False),
        ("gpt-oss:cloudy", False),
        ("cloud", False),
    ],
)
def test_a_name_can_mean_a_model_that_runs_elsewhere(text: str, *, cloud: bool) -> None:
    assert parse(text).is_cloud == cloud


host = st.from_regex(r"[A-Za-z0-9_][A-Za-z0-9_.:-]{0,20}", fullmatch=True)
namespace = st.from_regex(r"[A-Za-z0-9_][A-Za-z0-9_-]{0,79}", fullmatch=True)
part = st.from_regex(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,79}", fullmatch=True)


@settings(max_examples=100)
@given(st.builds(ModelName, st.just("https"), host, namespace, part, part))
def test_what_is_shown_means_the_same(name: ModelName) -> None:
    assert parse(str(name)) == name
    assert parse(name.key) == name


@settings(max_examples=100)
@given(st.text(st.sampled_from(WORD + "-.:/ !é")))
def test_any_text_is_a_name_or_says_why_not(text: str) -> None:
    try:
        name = parse(text)
    except BadName as error:
        assert error.sentence  # noqa: PT017  either way is right
    else:
        assert parse(str(name)) == name
