import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inference.ollama import CreateRequest
from inference.ollama.modelfile import (
    MOST_PROBLEMS,
    BadModelfile,
    Modelfile,
    Unwritable,
    is_file,
    parse,
    write,
)
from inference.ollama.parameters import read_shown

from .wire import recording, recordings

SHOWN = [name for name in recordings("show") if recording(name)["response"]["status"] == 200]


def shown(name: str) -> dict:
    response = recording(name)["response"]
    return json.loads(response.get("body") or "".join(text for _, text in response["chunks"]))


def problems(text: str) -> dict[int, str]:
    with pytest.raises(BadModelfile) as raised:
        parse(text)
    return dict(raised.value.problems)


def test_every_instruction() -> None:
    found = parse(
        """
        # A pirate
        FROM pip
        TEMPLATE {{ .Prompt }}
        system You are a pirate.
        Parameter temperature 0.5
        PARAMETER num_ctx 4096
        PARAMETER use_mmap true
        PARAMETER stop <|im_end|>
        PARAMETER stop "Ann: "
        MESSAGE user Hi!
        MESSAGE assistant Arr!
        LICENSE one
        LICENSE two
        ADAPTER ./arr.gguf
        DRAFT ./small.gguf
        RENDERER arr-renderer
        PARSER arr-parser
        REQUIRES v0.14.0
        """
    )
    assert found == Modelfile(
        sources=["pip"],
        template="{{ .Prompt }}",
        system="You are a pirate.",
        parameters={
            "temperature": 0.5,
            "num_ctx": 4096,
            "use_mmap": True,
            "stop": ["<|im_end|>", "Ann: "],
        },
        messages=[
            {"role": "user", "content": "Hi!"},
            {"role": "assistant", "content": "Arr!"},
        ],
        licenses=["one", "two"],
        adapters=["./arr.gguf"],
        drafts=["./small.gguf"],
        renderer="arr-renderer",
        parser="arr-parser",
        requires="0.14.0",
    )


@pytest.mark.parametrize(
    ("written", "system"),
    [
        ("SYSTEM Hi", "Hi"),
        ("SYSTEM   Hi you  ", "Hi you"),
        ("SYSTEM\tHi", "Hi"),
        ('SYSTEM "Hi"', "Hi"),
        ('SYSTEM " Hi "', " Hi "),
        ('SYSTEM ""', ""),
        ('SYSTEM "Hi\nyou"', "Hi\nyou"),
        ('SYSTEM "Hi\nyou"  ', "Hi\nyou"),
        ('SYSTEM """Hi"""', "Hi"),
        ('SYSTEM """\nHi\n"""', "\nHi\n"),
        ('SYSTEM """Say "Hi"."""', 'Say "Hi".'),
        ('SYSTEM """Say "Hi\n"you"""', 'Say "Hi\n"you'),
        ('SYSTEM """a """ b\nc"""', 'a """ b\nc'),
        ('SYSTEM "a "b" c"', 'a "b" c'),
        ("SYSTEM # no comment", "# no comment"),
        ("SYSTEM FROM here", "FROM here"),
        ('SYSTEM """\n# no comment\nFROM there\n"""', "\n# no comment\nFROM there\n"),
        ('SYSTEM it\'s "it"', 'it\'s "it"'),
        ("SYSTEM one\nSYSTEM two", "two"),
        ("SYSTEM Grüße 👩‍🚀", "Grüße 👩‍🚀"),
        ("SYSTEM a\0b", "ab"),
    ],
)
def test_values(written: str, system: str) -> None:
    assert parse(f"FROM pip\n{written}\nPARSER x").system == system
    assert parse(f"FROM pip\n{written}\nPARSER x").parser == "x"


@pytest.mark.parametrize("end", ["\r\n", "\r"])
def test_other_line_ends_become_line_feeds(end: str) -> None:
    text = f'FROM pip{end}SYSTEM """a{end}b"""{end}PARSER x{end}'
    assert parse(text) == Modelfile(["pip"], system="a\nb", parser="x")


def test_a_byte_order_mark_is_left_aside() -> None:
    assert parse("\ufeffFROM pip").source == "pip"


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        ("", 0, "begins with FROM"),
        ("SYSTEM Hi", 0, "begins with FROM"),
        ("FROM", 1, "must follow FROM"),
        ("FROM  ", 1, "must follow FROM"),
        ('FROM ""', 1, "Give the model a name."),
        ("FROM bad name!", 1, "cannot hold a space"),
        ("FROM pip\n\nSYSTEM", 3, "must follow SYSTEM"),
        ("FROM pip\nSYTEM Hi", 2, "Is it SYSTEM?"),
        ("FROM pip\nXYZZY Hi", 2, "There is no such instruction. There are FROM"),
        ("FROM pip\n- Hi", 2, "begins with an instruction"),
        ("FROM pip\nSYSTEM: Hi", 2, "begins with an instruction"),
        ('FROM pip\nSYSTEM """Hi\nyou', 2, "not closed"),
        ('FROM pip\nSYSTEM "Hi" you', 2, "not closed"),
        ("FROM pip\nPARAMETER temperature hot", 2, "A number is needed"),
        ("FROM pip\nPARAMETER top_p 2", 2, "1 or less"),
        ("FROM pip\nPARAMETER warmth 3", 2, "no parameter of this name"),
        ("FROM pip\nPARAMETER num_ctx", 2, "must follow PARAMETER NUM_CTX"),
        ("FROM pip\nPARAMETER num_ctx=7", 2, "no parameter of this name"),
        ("FROM pip\nPARAMETER", 2, "must follow PARAMETER"),
        ("FROM pip\nMESSAGE tool Hi", 2, "After MESSAGE comes one of"),
        ("FROM pip\nMESSAGE User Hi", 2, "After MESSAGE comes one of"),
        ("FROM pip\nMESSAGE user", 2, "must follow MESSAGE USER"),
        ("FROM pip\nREQUIRES new", 2, "A version of Ollama"),
    ],
)
def test_what_is_wrong(text: str, line: int, says: str) -> None:
    found = problems(text)
    assert list(found) == [line]
    assert says in found[line]


def test_everything_that_is_wrong_is_told() -> None:
    text = 'FROM a b\n# fine\nSYTEM """\nlong\nFROM x y\n"""\nPARAMETER top_p 7\nPARSER x'
    assert list(problems(text)) == [1, 3, 7]


def test_not_more_is_told_than_a_person_reads() -> None:
    assert len(problems("?\n" * 10_000)) == MOST_PROBLEMS


def test_parameters_that_ollama_has_given_up_are_ignored() -> None:
    found = parse("FROM pip\nPARAMETER mirostat 1\nPARAMETER seed 7")
    assert (found.ignored, found.parameters) == (["mirostat"], {"seed": 7})


@pytest.mark.parametrize(
    ("source", "file"),
    [
        ("pip", False),
        ("team/pip:v1", False),
        ("hf.co/org/Model-GGUF:Q4_K_M", False),
        ("./pip.gguf", True),
        ("../pip", True),
        (".", True),
        ("~/pip", True),
        ("/usr/share/ollama/.ollama/models/blobs/sha256-14b7", True),
        ("pip.gguf", True),
        ("weights/model.safetensors", True),
        ("C:\\models\\pip.gguf", True),
    ],
)
def test_from_a_model_or_from_a_file(source: str, *, file: bool) -> None:
    assert is_file(source) == file
    found = parse(f"FROM {source}")
    assert (found.files, found.source) == (([source], "") if file else ([], source))


def test_becomes_a_request() -> None:
    found = parse("FROM pip\nSYSTEM Hi\nPARAMETER stop x\nLICENSE one\nMESSAGE user Hi")
    assert found.request("mario") == CreateRequest(
        "mario",
        "pip",
        system="Hi",
        license=["one"],
        parameters={"stop": ["x"]},
        messages=[{"role": "user", "content": "Hi"}],
    )


def test_becomes_a_request_with_the_files_that_were_uploaded() -> None:
    found = parse("FROM ./pip.gguf\nADAPTER ./arr.gguf")
    request = found.request("pip", {"pip.gguf": "sha256:1"}, {"arr.gguf": "sha256:2"})
    assert request.body() == {
        "model": "pip",
        "files": {"pip.gguf": "sha256:1"},
        "adapters": {"arr.gguf": "sha256:2"},
        "stream": True,
    }


@pytest.mark.parametrize("name", SHOWN)
def test_reads_what_the_recorded_server_shows(name: str) -> None:
    answer = shown(name)
    found = parse(answer["modelfile"])
    assert found.template == answer["template"]
    assert found.system == answer.get("system", "")
    assert "\n".join(found.licenses) == answer.get("license", "")
    assert found.messages == (answer.get("messages") or [])
    assert found.parameters == read_shown(answer["parameters"])
    assert len(found.files) == 1
    assert parse(write(found)) == found


# Writing

text = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\0\r\ufeff"), max_size=30
)
awkward = st.text(st.sampled_from('"""\n ab#'), max_size=12)
line = st.text(st.sampled_from('ab "#'), min_size=1, max_size=8)
version = st.from_regex(r"[0-9]\.[0-9]{1,2}\.[0-9]", fullmatch=True)
modelfiles = st.builds(
    Modelfile,
    sources=st.just(["pip"]) | st.just(["./a.gguf", "./b c.gguf"]),
    template=text | awkward,
    system=text | awkward,
    parameters=st.fixed_dictionaries(
        {},
        optional={
            "temperature": st.floats(0, 100),
            "top_p": st.floats(0, 1),
            "num_ctx": st.integers(0, 2**31 - 1),
            "use_mmap": st.booleans(),
            "stop": st.lists((text | line).filter(bool), min_size=1, max_size=3),
        },
    ),
    messages=st.lists(
        st.fixed_dictionaries(
            {"role": st.sampled_from(["system", "user", "assistant"]), "content": text | awkward}
        ),
        max_size=3,
    ),
    licenses=st.lists(text, max_size=2),
    adapters=st.just([]) | st.just(["./a.gguf"]),
    renderer=line.map(str.strip),
    requires=st.just("") | version,
)


@settings(max_examples=150)
@given(modelfiles)
def test_what_is_written_reads_the_same(modelfile: Modelfile) -> None:
    try:
        written = write(modelfile)
    except Unwritable:
        assert '"' in str(modelfile)  # nothing else keeps one from being written
        return
    assert parse(written) == modelfile


def test_writes_plainly_what_needs_no_quotes() -> None:
    modelfile = Modelfile(
        ["pip"],
        system="You are Mario.",
        parameters={"temperature": 0.5, "use_mmap": True, "stop": ["a", " b"]},
        messages=[{"role": "user", "content": "Hi"}],
    )
    assert write(modelfile) == (
        "FROM pip\nSYSTEM You are Mario.\nPARAMETER temperature 0.5\nPARAMETER use_mmap true\n"
        'PARAMETER stop a\nPARAMETER stop " b"\nMESSAGE user Hi\n'
    )


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ("a\nb", '"a\nb"'),
        ('"Hi" you', '""""Hi" you"""'),
        ('Say "Hi"\nand "you"', '"""Say "Hi"\nand "you""""'),
        ('doc """\n x', None),
    ],
)
def test_quotes(value: str, written: str | None) -> None:
    if written is None:
        with pytest.raises(Unwritable):
            write(Modelfile(["pip"], system=value))
    else:
        assert write(Modelfile(["pip"], system=value)) == f"FROM pip\nSYSTEM {written}\n"


def test_a_message_with_a_role_of_another_kind_cannot_be_written() -> None:
    with pytest.raises(Unwritable):
        write(Modelfile(["pip"], messages=[{"role": "tool", "content": "x"}]))


def test_a_large_file_is_read_in_a_moment() -> None:
    system = 'A line with "quotes" in it\n' * 50_000
    found = parse(f'FROM pip\nSYSTEM """{system}"""')
    assert found.system == system
    assert write(found) == f'FROM pip\nSYSTEM """{system}"""\n'
