"""The form of a conversation's settings: what it takes, what it refuses, and with which words."""

import json

import pytest
from django.http import QueryDict
from django.utils import translation

from accounts.models import Person
from chat.settings import OPTIONS, SettingsForm
from inference.models import Model
from tests.factories import a_model, a_server
from tests.people import a_person

pytestmark = pytest.mark.django_db
SCHEMA = '{"type": "object", "properties": {"z": {"type": "string"}, "a": {"type": "string"}}}'


@pytest.fixture
def model():
    own = {"temperature": 0.7, "stop": ["<|im_end|>"]}
    a_model(
        a_server(), "pip:latest", parameters=own, context_length=8192, num_ctx=4096, loaded=True
    )
    return Model.objects.choice("pip:latest")


@pytest.fixture
def filled(ann, model):
    """A function: the form as Ann sent it."""

    def fill(person: Person = ann, stored=None, **typed) -> SettingsForm:
        data = QueryDict(mutable=True)
        data.update(typed)
        return SettingsForm(
            data, person=person, model=model, own_system="Be kind.", stored=stored or {}
        )

    return fill


def test_an_empty_form_sets_nothing(filled):
    form = filled()
    assert form.is_valid()
    assert form.settings == {}


def test_takes_every_option(filled):
    form = filled(
        system="Be brief.",
        temperature="0.2",
        top_p="0.5",
        top_k="20",
        min_p="0.05",
        repeat_penalty="1.2",
        seed="42",
        num_predict="100",
        num_ctx="8192",
        stop="END\r\n\r\n a b \r\n\\n\\n\r\nEND",
        format="json",
    )
    assert form.is_valid(), form.errors
    assert form.settings == {
        "system": "Be brief.",
        "options": {
            "temperature": 0.2,
            "top_p": 0.5,
            "top_k": 20,
            "min_p": 0.05,
            "repeat_penalty": 1.2,
            "seed": 42,
            "num_predict": 100,
            "num_ctx": 8192,
            "stop": ["END", " a b ", "\n\n"],
        },
        "format": "json",
    }
    assert json.dumps(form.settings)


def test_what_was_stored_stands_in_it_again(filled, ann, model):
    first = filled(temperature="0.2", stop="a\n\\n", format="schema", schema=SCHEMA, system="x")
    assert first.is_valid()
    shown = SettingsForm(person=ann, model=model, stored=first.settings)
    again = filled(**{name: shown[name].value() or "" for name in shown.fields})
    assert again.is_valid()
    assert again.settings == first.settings


@pytest.mark.parametrize("option", OPTIONS, ids=lambda option: option.name)
@pytest.mark.parametrize(
    "wrong",
    [
        "a lot",
        "nan",
        "inf",
        "-inf",
        "-1",
        "9" * 30,
        "9" * 5_000,
        "1e400",
        "0x10",
        "٣٣٣٣٣٣٣٣٣٣٣",
        "1,5,5",
    ],
)
def test_a_wrong_number_is_refused_with_the_limits(filled, option, wrong):
    form = filled(**{option.name: wrong})
    [words] = form.errors[option.name]
    assert words.startswith("Write a ")
    assert form[option.name].value() == wrong


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("temperature", "2.1"),
        ("top_p", "1.1"),
        ("top_k", "1.5"),
        ("top_k", "1001"),
        ("min_p", "1.01"),
        ("repeat_penalty", "2.1"),
        ("seed", "2147483648"),
        ("num_predict", "0"),
        ("num_ctx", "255"),
    ],
)
def test_the_limits_hold(filled, name, wrong):
    assert name in filled(**{name: wrong}).errors


def test_a_member_gets_no_endless_answer_and_no_huge_context(filled, model):
    form = filled(num_predict="32769", num_ctx="8193")
    assert form.errors["num_predict"] == ["Write a whole number from 1 to 32768."]
    assert form.errors["num_ctx"] == ["Write a whole number from 256 to 8192."]


def test_who_manages_models_may_set_more(filled, mod):
    assert filled(person=mod, num_predict="100000", num_ctx="8192").is_valid()
    assert "num_ctx" in filled(person=mod, num_ctx="8193").errors  # more was never trained
    assert "num_predict" in filled(person=mod, num_predict="-1").errors


def test_keep_alive_and_other_options_cannot_be_set(filled):
    form = filled(keep_alive="-1", num_gpu="0", num_thread="99", use_mmap="0")
    assert form.is_valid()
    assert form.settings == {}


def test_each_field_shows_what_holds_otherwise(ann, model):
    form = SettingsForm(person=ann, model=model, own_system="Be kind.", stored={})
    helps = {name: str(field.help_text) for name, field in form.fields.items()}
    assert helps["temperature"].endswith("The model's own: 0.7")
    assert helps["top_k"].endswith("Ollama's own: 40")
    assert helps["min_p"].endswith("Ollama's own: 0")
    assert helps["num_ctx"].endswith("Now: 4096")
    assert "loaded anew" in helps["num_ctx"]
    assert helps["stop"].endswith("The model's own stay: <|im_end|>")
    assert helps["system"].endswith("Be kind.")
    assert all(helps[option.name] for option in OPTIONS)


def test_shows_the_form_while_no_model_is_there(ann):
    assert "temperature" in SettingsForm(person=ann, model=None, stored={}).as_p()


def test_the_models_own_system_text_is_not_stored(filled):
    form = filled(system="Be kind.")
    assert form.is_valid()
    assert form.settings == {}


def test_text_is_cleaned_and_bounded(filled):
    form = filled(system="a\0b\ud800\r\nc")
    assert form.is_valid()
    assert form.settings["system"] == "ab?\nc"
    assert "system" in filled(system="x" * 20_001).errors
    assert "stop" in filled(stop="\n".join("abcdefghijklmnopq")).errors
    assert "stop" in filled(stop="x" * 101).errors


def test_numbers_may_be_written_as_one_does_at_home(filled):
    with translation.override("de"):
        form = filled(temperature="0,2")
        assert form.is_valid()
        assert form.settings == {"options": {"temperature": 0.2}}
        assert filled(temperature="0.2").is_valid()


def test_a_schema_keeps_the_order_of_its_properties(filled):
    form = filled(format="schema", schema=SCHEMA)
    assert form.is_valid()
    assert list(json.loads(form.settings["format"])["properties"]) == ["z", "a"]


@pytest.mark.parametrize(
    ("schema", "words"),
    [
        ("", "Write the schema"),
        ("   ", "Write the schema"),
        ('{"type": "strng"}', "“strng” is no type. There are: object, array"),
        ('{"type": ["string", 5]}', "“5” is no type."),
        ('{"anyOf": [{"properties": {"a": {"items": {"type": "int"}}}}]}', "“int” is no type."),
        ('{"pattern": "^\\\\d$"}', 'the pattern "^\\\\d$". It takes'),
        ('{"minItems": 5, "maxItems": 3}', 'of the schema: "maxItems": 3'),
        (json.dumps({"properties": {str(n): {} for n in range(400)}}), "no room"),
        ("{", "line 1, column 2"),
        ('{\n"a": }', "line 2, column 6"),
        ("[1]", "is an object"),
        ('"json"', "is an object"),
        ("{}", "is an object"),
        ('{"a": NaN}', "not JSON"),
        ('{"a": "\\ud800"}', "not JSON"),
        ('{"a": ' + "9" * 5_000 + "}", "not JSON"),
        ('{"a": ' * 30 + "1" + "}" * 30, "20 levels"),
        ('{"a": ' + "[" * 15_000, "20 levels"),
        ('{"a": "' + "x" * 20_000 + '"}', "20000 characters"),
    ],
)
def test_a_wrong_schema_is_refused_at_its_field(filled, schema, words):
    form = filled(format="schema", schema=schema)
    assert list(form.errors) == ["schema"]
    assert words in form.errors["schema"][0]
    assert form["schema"].value() == schema


@pytest.mark.parametrize(
    "schema",
    [
        {"type": ["string", "null"]},
        {"properties": {"type": {"type": "string"}}},
        {"enum": [{"type": "kind"}], "default": {"type": "kind"}, "required": ["type"]},
        {"$ref": "#/$defs/type", "$defs": {"type": {"anyOf": [{"type": "integer"}, True]}}},
    ],
    ids=["several types", "a property named type", "a type in data", "a definition named type"],
)
def test_a_schema_with_types_in_all_places_is_taken(filled, schema):
    assert filled(format="schema", schema=json.dumps(schema)).is_valid()


def test_a_schema_counts_only_where_one_is_wanted(filled):
    form = filled(format="", schema="{")
    assert form.is_valid()
    assert form.settings == {}


def test_an_unknown_format_is_refused(filled):
    assert "format" in filled(format="xml").errors


def test_whether_to_think_is_not_the_forms(filled):
    form = filled(stored={"think": False, "system": "old"})
    assert form.is_valid()
    assert form.settings == {"think": False}


def test_a_deactivated_person_is_nobody_special(filled):
    gone = a_person("gone", role="administrator", is_active=False)
    assert "num_predict" in filled(person=gone, num_predict="100000").errors
