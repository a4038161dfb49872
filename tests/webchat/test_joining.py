import pytest

from webchat.joining import script, scripts, styles


@pytest.fixture
def folder(tmp_path):
    def make(**files):
        for name, text in files.items():
            stem, suffix = name.rsplit("_", 1)
            (tmp_path / f"{stem}.{suffix}").write_text(text)
        return tmp_path

    return make


def test_tokens_come_first_then_the_others_by_name(folder):
    parts = folder(b_css="b{}", a_css="a{}", tokens_css=":root{}")
    assert styles(parts) == ":root{}\na{}\nb{}\n"


def test_nothing_to_join_is_nothing(tmp_path):
    assert styles(tmp_path / "none") == scripts(tmp_path / "none") == ""


def test_styles_lose_comments_and_indentation(folder):
    assert styles(folder(a_css="/* why */\na {\n  /* two\n lines */ color: red;\n\n}\n")) == (
        "a {\ncolor: red;\n}\n"
    )


@pytest.mark.parametrize(
    "rule",
    [
        'a { content: "/* no comment */" }',
        "a { content: '\\'/*' } b { content: '*/' }",
        "a { background: url(x/*y*/z.png) }",
    ],
)
def test_what_only_looks_like_a_comment_in_css_stays(folder, rule):
    assert styles(folder(a_css=rule)) == f"{rule}\n"


def test_links_in_css_are_seen_from_the_folder_above(folder):
    css = styles(folder(a_css='a { background: url("../icons/x.svg") url(../y.png) }'))
    assert css == 'a { background: url("icons/x.svg") url(y.png) }\n'


def test_each_script_has_a_block_of_its_own(folder):
    parts = folder(b_js="const N = 2\n", a_js="const N = 1\n")
    assert scripts(parts) == "{\nconst N = 1\n}\n{\nconst N = 2\n}\n"


def test_a_script_without_a_last_line_end_does_not_swallow_the_block(folder):
    assert scripts(folder(a_js="go() // now")) == "{\ngo() // now\n}\n"


def test_scripts_lose_comments_on_lines_of_their_own():
    text = (
        "// one\n/* two\n   lines */\n\nconst A = 1 // kept\n  /** doc */\nconst B = 'http://b'\n"
    )
    assert script(text) == "const A = 1 // kept\nconst B = 'http://b'\n"


def test_a_template_literal_over_lines_is_left_alone():
    text = "const A = `\n// text\n/* text */\n`\n"
    assert script(text) == text


def test_code_after_a_comment_on_its_line_stays():
    assert script("/* why */ go()\n") == "/* why */ go()\n"
