"""How much may be sent where: as much as the longest text that a form takes, and no more."""

from urllib.parse import quote

import pytest
from django.urls import reverse

from chat.forms import SummaryForm
from chat.models.saved_prompt import LONGEST_TEXT
from chat.settings.form import LONGEST_SYSTEM
from chat.text import LONGEST_MESSAGE_BYTES
from webchat.limits import ELSEWHERE, body_limit

PK = "00000000-0000-0000-0000-000000000000"
LONGEST_SUMMARY = SummaryForm.base_fields["text"].max_length
JAPANESE = "語"


@pytest.mark.parametrize(
    ("route", "characters"),
    [
        ("chat:messages", LONGEST_MESSAGE_BYTES // 3),
        ("chat:revisions", LONGEST_MESSAGE_BYTES // 3),
        ("chat:prompt_filling", LONGEST_MESSAGE_BYTES // 3),
        ("chat:prompt", LONGEST_TEXT),
        ("chat:summary", LONGEST_SUMMARY),
        ("chat:settings", LONGEST_SYSTEM),
    ],
)
def test_the_longest_text_of_a_form_may_be_sent_in_any_script(route, characters):
    assert body_limit(reverse(route, args=[PK]).encode()) > len(quote(JAPANESE)) * characters


@pytest.mark.parametrize("target", [b"/sign-in/", b"/search/", b"/", b"/%2e%2e/messages/"])
def test_elsewhere_little_may_be_sent(target):
    assert body_limit(target) == ELSEWHERE
