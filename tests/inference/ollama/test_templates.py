"""What is said of a template, against what a real Ollama 0.24 made of the same one."""

import pytest

from inference.ollama.templates import check
from inference.practice.models import PRACTICE_MODELS

GOOD = [
    "",
    "{{ .Prompt }}",
    "{{ .System }}{{ .Prompt\n }}{{ .Response }}",
    "{{- .Prompt -}}",
    "{{/* a comment with {{ and }}*/}}{{- /* another */ -}}{{ .Prompt }}",
    "}} {{ .Prompt }}",
    '{{ print "{{" }}{{ .Prompt }}{{ `a\n"b` }}',
    "{{ if .Prompt }}a{{ else if .System }}b{{ else }}c{{ end }}",
    "{{ with $m := .Prompt }}{{ $m }}{{ end }}",
    "{{ range $i, $m := .Messages }}{{ $n := $m }}{{ $n.Content }}{{ $.System }}{{ end }}",
    "{{ range .Messages }}{{ json . }}{{ currentDate }}{{ break }}{{ end }}",
    "{{ range slice .Messages 0 1 }}{{ .ToolCallID }}{{ end }}{{ (index .Messages 0).Content }}",
    "{{ range .Messages }}{{ range .ToolCalls }}{{ .Function.Name }}{{ end }}{{ end }}",
    "{{ $x := 1 }}{{ range .Messages }}{{ $x = 2 }}{{ end }}{{ if not .Think }}{{ end }}",
]
BAD = [
    # Refused when the model is made
    ("{{ .Prompt", "Line 1: “{{” is not followed by “}}”."),
    ('a\n\n{{ "a }}', 'Line 3: The quotation mark “"” is not closed.'),
    ("{{-.Prompt}}", "Line 1: Ollama does not understand “-” here."),
    ("{{ .Prompt }}{{ }}", "Line 1: There is nothing between “{{” and “}}”."),
    ("{{ if }}{{ end }}", "Line 1: Something must follow “if”."),
    ("{{ if .Prompt }}\nx", "Line 2: “{{ if }}” has no “{{ end }}”."),
    ("{{ end }}", "Line 1: There is no block that this “{{ end }}” belongs to."),
    ("{{ else }}", "Line 1: There is no block that this “{{ else }}” belongs to."),
    (
        "{{ if .System }}{{ else }}{{ else }}{{ end }}",
        "Line 1: There is no block that this “{{ else }}” belongs to.",
    ),
    ("{{ if .System }}{{ else x }}{{ end }}", "Line 1: After “else” comes nothing, or “if”."),
    ("{{ (.Prompt }}", "Line 1: A parenthesis is not closed, or closes nothing."),
    ("{{ foo .Prompt }}", "Line 1: Ollama knows no foo in a template."),
    ("{{ jsn .Prompt }}", "Line 1: Ollama knows no jsn in a template. Is it json?"),
    ("{{ $x }}", "Line 1: There is no variable $x here."),
    ("{{ break }}", "Line 1: “break” is only for the inside of “range”."),
    ('{{ template "x" }}', "Line 1: Ollama cannot use “template” in a template."),
    # Taken when it is made, and failed on in every chat
    ('{{ block "a" . }}x{{ end }}', "Line 1: Ollama cannot use “block” in a template."),
    ("{{ range .Messages }}\n{{ .Foo }}{{ end }}", "Line 2: Ollama knows no .Foo in a template."),
    (
        "{{ range .Messages }}{{ .ToolCallId }}{{ end }}",
        "Line 1: Ollama knows no .ToolCallId in a template. Is it .ToolCallID?",
    ),
    (
        "{{ range $m := .Messages }}{{ $m.Foo }}{{ end }}",
        "Line 1: Ollama knows no .Foo in a template.",
    ),
    (
        "{{ with index .Messages 0 }}{{ .Foo }}{{ end }}",
        "Line 1: Ollama knows no .Foo in a template.",
    ),
    (
        "{{ range .Messages }}{{ .Content.X }}{{ end }}",
        "Line 1: There is nothing named .X in this.",
    ),
    ("{{ $.Prompt.X }}", "Line 1: There is nothing named .X in this."),
    ("{{ .Messages.Content }}", "Line 1: There is nothing named .Content in this."),
    (
        "{{ range .System }}x{{ end }}{{ .Prompt }}",
        "Line 1: “range” goes through a list, and this is a text.",
    ),
    ("{{ .Messages }}{{ $x = 3 }}", "Line 1: There is no variable $x here."),
    ("{{ .Prompt | json }}", "Ollama has json only in templates that use .Messages."),
    # Taken, and wrong without a word
    ("{{ .prompt }}", "Line 1: Ollama knows no .prompt in a template. Is it .Prompt?"),
    ("You are a pirate.", "The model would not see what it is asked: .Messages is not used."),
    ("{{ .System }}", "The model would not see what it is asked: .Messages is not used."),
]


@pytest.mark.parametrize("template", GOOD)
def test_what_works_passes(template: str) -> None:
    assert check(template) is None


@pytest.mark.parametrize("model", PRACTICE_MODELS, ids=lambda model: str(model.name))
def test_templates_of_models_pass(model) -> None:
    assert check(model.template) is None


@pytest.mark.parametrize(("template", "says"), BAD)
def test_what_fails_is_said(template: str, says: str) -> None:
    assert check(template) == says


@pytest.mark.parametrize(
    "piece", ["{{", "{{ (", '{{ "', "{{ if .Prompt }}", "{{ $a.b.c | ", "}}", "é{{ ."]
)
def test_nothing_takes_it_long(piece: str) -> None:
    check(piece * 50_000)
