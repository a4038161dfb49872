"""Names of files, as people and their systems give them."""

import pytest

from chat.attachments import names


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("gaps.csv", "gaps.csv"),
        ("/etc/passwd", "passwd"),
        ("..\\..\\windows\\win.ini", "win.ini"),
        ("../../.ssh", "ssh"),
        ("Bericht für März.md", "Bericht für März.md"),
        ("報告.txt", "報告.txt"),
        ("photo\u202egnp.exe", "photo gnp.exe"),  # would read as photoexe.png
        ("a\u200bb\0c\nd.txt", "a b c d.txt"),
        ("\ud800.txt", "txt"),
        ("", "file"),
        ("..", "file"),
        ("\u200f", "file"),
    ],
)
def test_a_name_is_cleaned(given, kept):
    assert names.clean(given) == kept


def test_a_long_name_keeps_its_ending():
    kept = names.clean("n" * 500 + ".csv")
    assert len(kept) == names.LONGEST_NAME
    assert kept.endswith("….csv")
    assert len(names.clean("." + "n" * 500)) == names.LONGEST_NAME


@pytest.mark.parametrize(
    ("name", "ending"), [("a.py", "py"), ("a.b.CSV", "csv"), ("README", ""), ("a.`x`", "")]
)
def test_the_ending_tells_the_language(name, ending):
    assert names.ending_of(name) == ending
