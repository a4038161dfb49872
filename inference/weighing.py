"""How long a text is to a model: its weight, in characters of English.

A token is about four letters of a word, but only one to three digits, one and a half signs of
base64, one or two thirds of a sign of Chinese. Measured with the tokenizers cl100k and o200k, which
those of Llama 3 and others are like, and with digits that are a token each (as with Qwen and
Gemma): numbers, logs, CSV, JSON and base64 are reckoned at 0.6 to 1.7 times the tokens that they
are, where by mere length it was 0.3 to 0.7. `static/js/context-estimate.js` reckons likewise.
"""

import re

DENSE = 2.5  # of a digit, and of a letter in a hash or in base64
BYTE = 0.875  # of a byte of what is not ASCII
LONG = 24  # characters from which on a word with digits is taken for a hash or base64
DIGITS = "0123456789"
_RUN = re.compile(rf"[A-Za-z0-9+/]{{{LONG},}}")


def weigh(text: str) -> int:
    """The weight of a text; that of plain English is its length."""
    dense = _digits(text)
    for run in _RUN.findall(" ".join(word for word in text.split() if len(word) >= LONG)):
        if digits := _digits(run):
            dense += len(run) - digits
    ascii_only = len(text) if text.isascii() else len(text.encode("ascii", "ignore"))
    others = 0 if ascii_only == len(text) else len(text.encode("utf-8", "replace")) - ascii_only
    return round(ascii_only + (DENSE - 1) * dense + BYTE * others)


def _digits(text: str) -> int:
    return sum(text.count(digit) for digit in DIGITS)
