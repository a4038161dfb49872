"""Modelfiles: read into the form, and written from it."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from inference.ollama.modelfile import parse
from models_admin.models import Draft
from tests.models_admin.creating.conftest import CREATE, SOURCE

PLACE, TEXT = f"{CREATE}modelfile/", f"{CREATE}modelfile/text/"
MODELFILE = '''# Mario
FROM pip
SYSTEM """You are Mario.
Be short."""
PARAMETER temperature 0.2
PARAMETER stop END
PARAMETER stop "<|im_end|>"
PARAMETER mirostat 1
MESSAGE user Hi!
MESSAGE assistant It's-a me!
TEMPLATE {{ .System }}{{ .Prompt }}!
LICENSE Ours
RENDERER pip-renderer
PARSER pip-parser
REQUIRES 0.14.0
'''


def filled(manager, response) -> dict[str, object]:
    assert response.status_code == 302, response.content.decode()
    form = manager.get(response.headers["Location"]).context["form"]
    found = {name: form[name].value() for name in form.fields if form[name].value()}
    return found | {"turns": [(turn.role, turn.text) for turn in form.turns]}


@pytest.mark.parametrize("how", ["pasted", "uploaded"])
def test_every_instruction_goes_to_its_field(manager, server, how):
    sent = {"text": MODELFILE.replace("\n", "\r\n"), "name": "mario"}
    if how == "uploaded":
        sent = {"file": SimpleUploadedFile("Modelfile", MODELFILE.encode()), "name": "mario"}
    found = filled(manager, manager.post(PLACE, sent))
    assert found == {
        "name": "mario",
        "source": SOURCE,
        "server": str(server.pk),
        "system": "You are Mario.\nBe short.",
        "temperature": "0.2",
        "stop": "END\n<|im_end|>",
        "template": "{{ .System }}{{ .Prompt }}!",
        "license": "Ours",
        "rendered_by": "pip-renderer",
        "parsed_by": "pip-parser",
        "requires": "0.14.0",
        "who": "everybody",
        "turns": [("user", "Hi!"), ("assistant", "It's-a me!")],
    }


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "Paste a Modelfile, or choose a file."),
        ("SYSTEM Hm.", "A line is missing that begins with FROM"),
        ("FROM pip\nPARAMETER temperature hot", "Line 2: A number is needed here"),
        ("FROM pip\n\nSYSTM Hm.", "Line 3: There is no such instruction. Is it SYSTEM?"),
        ('FROM pip\nSYSTEM """Hm.', "Line 2: The quotes that open here are not closed"),
        ("FROM ./model.gguf", "./model.gguf is a file, which a Modelfile cannot bring along."),
        ("FROM pip\nADAPTER ./a.gguf", "./a.gguf is a file"),
        ("FROM pip\n<script>alert(1)</script>", "Line 2: A line begins with an instruction"),
    ],
)
def test_what_is_wrong_is_said_with_its_line(manager, server, text, says):
    response = manager.post(PLACE, {"text": text})
    html = response.content.decode()
    assert response.status_code == 422
    assert says in html
    assert "<script>alert(1)" not in html
    assert not Draft.objects.exists()


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", b"FROM pip\n" + b"#" * 1_000_001])
def test_a_file_that_is_no_modelfile_is_refused(manager, server, content):
    response = manager.post(PLACE, {"file": SimpleUploadedFile("Modelfile", content)})
    assert response.status_code == 422


def test_a_source_that_is_not_there_is_said_when_it_is_made(manager, server):
    response = manager.post(PLACE, {"text": "FROM luigi", "name": "mario"})
    page = manager.get(response.headers["Location"])
    assert '<option value="luigi" selected>' in page.content.decode()
    refused = manager.post(CREATE, {"name": "mario", "source": "luigi"})
    assert "The model luigi is not here any more." in refused.content.decode()


def test_the_form_comes_out_as_one(manager, server, typed):
    sent = typed | {
        "name": "team/mario:v1",
        "system": 'You are "Mario".\nBe short.',
        "temperature": "0.2",
        "stop": "END\n\\n",
        "turn_role": ["user", "assistant"],
        "turn_text": ["Hi!", "It's-a me!"],
        "rendered_by": "pip-renderer",
    }
    response = manager.post(TEXT, sent)
    assert response.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert response.headers["Content-Disposition"] == 'attachment; filename="mario-v1.Modelfile"'
    read = parse(response.content.decode())
    assert (read.source, read.system) == (SOURCE, 'You are "Mario".\nBe short.')
    assert read.parameters == {"temperature": 0.2, "stop": ["END", "\n"]}
    assert [each["content"] for each in read.messages] == ["Hi!", "It's-a me!"]
    assert read.renderer == "pip-renderer"


def test_without_a_name_it_comes_out_too(manager, typed):
    response = manager.post(TEXT, typed | {"name": ""})
    assert response.headers["Content-Disposition"] == 'attachment; filename="model.Modelfile"'


@pytest.mark.parametrize(
    ("field", "value"), [("temperature", "hot"), ("system", '"""\n"\n"""\n"'), ("source", "gone")]
)
def test_what_no_modelfile_can_hold_is_said(manager, typed, field, value):
    response = manager.post(TEXT, typed | {field: value})
    assert response.status_code == 422
    assert response.context["form"].errors
