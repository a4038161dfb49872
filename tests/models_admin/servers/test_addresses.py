import pytest
from django.core.exceptions import ValidationError

from models_admin.servers.addresses import checked


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        (" http://gpu-1:11434/ ", "http://gpu-1:11434"),
        ("HTTPS://AI.Example/ollama/", "https://ai.example/ollama"),
        ("http://[::1]:11434", "http://[::1]:11434"),
    ],
)
def test_one_spelling_of_each_address(typed, kept):
    assert checked(typed) == kept


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("gpu-1:11434", "Begin the address with"),
        ("//gpu-1", "Begin the address with"),
        ("", "Begin the address with"),
        ("ftp://gpu-1", "not “ftp”"),
        ("file:///etc/passwd", "not “file”"),
        ("javascript://gpu-1/%0aalert(1)", "not “javascript”"),
        ("http://ann:secret@gpu-1", "Leave out the name and the password"),
        ("http://gpu-1:11434/api/tags", "http://gpu-1:11434."),
        ("http://gpu-1:11434/v1", "Leave out “/v1”"),
        ("http://gpu-1:11434/?a=1", "after “?”"),
        ("http://gpu-1:11434#top", "after “?”"),
        ("http://", "not the address of a server"),
        ("http://gpu-1:99999", "not the address of a server"),
        ("http://[::1", "not the address of a server"),
    ],
)
def test_what_is_wrong_is_said_in_words(typed, words):
    with pytest.raises(ValidationError) as caught:
        checked(typed)
    assert words in caught.value.messages[0]
