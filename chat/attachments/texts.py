"""Text files in whatever encoding they come, and what is no text told from it.

UTF-8 and what begins with a byte order mark are certain. For the rest the bytes are read in the
usual encodings, and the one wins whose text looks like its language; the person is told which.
"""

import codecs
from collections.abc import Callable
from dataclasses import dataclass

# A mark at the beginning, the encoding that it stands for, the longer ones first.
MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig", "UTF-8"),
    (codecs.BOM_UTF32_LE, "utf-32", "UTF-32"),
    (codecs.BOM_UTF32_BE, "utf-32", "UTF-32"),
    (codecs.BOM_UTF16_LE, "utf-16", "UTF-16"),
    (codecs.BOM_UTF16_BE, "utf-16", "UTF-16"),
)
NO_CHARACTERS = "\ufffe\uffff"
LOOKED_AT = 100_000  # bytes that are enough to guess by
# Control characters that stand in texts: tab, newlines, form feed, and the escape of colours.
USUAL_CONTROLS = frozenset(b"\t\n\r\f\b\x1b\x1a")
MOST_CONTROLS = 0.01  # of all bytes; more is no text
MOST_BROKEN = 0.01  # of the characters beyond ASCII that a damaged UTF-8 may have lost
LIKELY = 0.85  # of the characters beyond ASCII that have to look right


@dataclass(frozen=True)
class Text:
    """What a file says, and the name of the encoding that it was read in."""

    text: str
    encoding: str


def read(data: bytes) -> Text | None:
    """The text of a file; None if it is none."""
    for mark, codec, name in MARKS:
        if data.startswith(mark):
            return _strictly(data, codec, name)
    if b"\0" in data:
        return _without_mark(data)
    if _has_many_controls(data):
        return None
    return _strictly(data, "utf-8", "UTF-8") or _damaged_utf_8(data) or _guessed(data)


def _strictly(data: bytes, codec: str, name: str) -> Text | None:
    try:
        text = data.decode(codec)
    except UnicodeDecodeError:
        return None
    return None if "\0" in text else Text(text, name)


def _has_many_controls(data: bytes) -> bool:
    part = data[:LOOKED_AT]
    unusual = sum(1 for byte in part if byte < 32 and byte not in USUAL_CONTROLS)
    return unusual > len(part) * MOST_CONTROLS


def _without_mark(data: bytes) -> Text | None:
    """UTF-16 as Windows writes it: every other byte of the ASCII in it is zero."""
    even, odd = data[:LOOKED_AT:2].count(0), data[1:LOOKED_AT:2].count(0)
    half = min(len(data), LOOKED_AT) / 2
    for codec, zeros, others in (("utf-16-le", odd, even), ("utf-16-be", even, odd)):
        if zeros > half / 4 and others < zeros / 20:
            found = _strictly(data, codec, "UTF-16")
            return None if found is None or _looks_binary(found.text) else found
    return None


def _looks_binary(text: str) -> bool:
    part = text[:LOOKED_AT]
    odd = sum(1 for c in part if (c < " " and c not in "\t\n\r\f\x1b") or c in NO_CHARACTERS)
    return odd > len(part) * MOST_CONTROLS


def _damaged_utf_8(data: bytes) -> Text | None:
    """UTF-8 that was cut within a character, or has a few wrong bytes, as logs do."""
    text = data.decode("utf-8", "replace")
    broken = text.count("�")
    beyond = sum(1 for c in text if c > "\x7f")
    cut = broken == 1 and text.endswith("�") and beyond > 1
    return Text(text, "UTF-8") if cut or broken < beyond * MOST_BROKEN else None


def _guessed(data: bytes) -> Text:
    part = data[:LOOKED_AT]
    for codec, name, looks_right in GUESSES:
        try:
            # A character that the end of the part cuts in two is not held against it.
            seen = codecs.getincrementaldecoder(codec)().decode(part, final=len(part) == len(data))
        except UnicodeDecodeError:
            continue
        beyond = [c for c in seen if c > "\x7f"]
        if beyond and looks_right(seen, beyond, part):
            return Text(data.decode(codec, "replace"), name)
    is_western = not any(byte in data for byte in b"\x81\x8d\x8f\x90\x9d")
    codec, name = ("cp1252", "Windows-1252") if is_western else ("latin-1", "ISO 8859-1")
    return Text(data.decode(codec), name)


Looks = Callable[[str, list[str], bytes], bool]


def _japanese(seen: str, beyond: list[str], part: bytes) -> bool:
    kana = sum("\u3041" <= c <= "\u30fe" for c in beyond)
    right = kana + sum("\u4e00" <= c <= "\u9fff" or "\u3000" <= c <= "\u3040" for c in beyond)
    right += sum("\uff01" <= c <= "\uff5e" for c in beyond)
    return kana > len(beyond) * 0.15 and right > len(beyond) * LIKELY


def _kanji(seen: str, beyond: list[str], part: bytes) -> bool:
    # Names and headings have no kana. In Windows-1252 these first bytes are quotes and dashes.
    latin = sum(c.isalpha() and c.isascii() for c in seen)
    return len(beyond) > latin and _leads(part, 0x88, 0x98) > LIKELY and _are_cjk(beyond)


def _korean(seen: str, beyond: list[str], part: bytes) -> bool:
    hangul = sum("\uac00" <= c <= "\ud7a3" for c in beyond)
    return hangul > len(beyond) * LIKELY and _leads(part, 0xB0, 0xC8) > 0.9


def _simplified(seen: str, beyond: list[str], part: bytes) -> bool:
    # The characters of everyday come first, in the rows B0 to D7; A1 to A3 is punctuation.
    return _leads(part, 0xB0, 0xD7) + _leads(part, 0xA1, 0xA3) > LIKELY and _are_cjk(beyond)


def _traditional(seen: str, beyond: list[str], part: bytes) -> bool:
    return _leads(part, 0xA1, 0xC6) > LIKELY and _are_cjk(beyond)


def _cyrillic(seen: str, beyond: list[str], part: bytes) -> bool:
    small = sum("а" <= c <= "я" for c in beyond)
    letters = sum(c.isalpha() and c.isascii() for c in seen)
    return small > len(beyond) * 0.7 and len(beyond) > letters * 0.5


def _are_cjk(beyond: list[str]) -> bool:
    right = sum("\u4e00" <= c <= "\u9fff" or "\u3000" <= c <= "\u303f" for c in beyond)
    right += sum("\uff01" <= c <= "\uff5e" or "\u2010" <= c <= "\u2026" for c in beyond)
    return right > len(beyond) * LIKELY


def _leads(part: bytes, first: int, last: int) -> float:
    """Of the characters of two bytes, the share whose first byte lies in these rows."""
    inside = count = index = 0
    while index < len(part):
        if part[index] < 0x80:
            index += 1
            continue
        count += 1
        inside += first <= part[index] <= last
        index += 2
    return inside / count if count else 0.0


# In this order: each is told from those after it.
GUESSES: tuple[tuple[str, str, Looks], ...] = (
    ("cp932", "Shift-JIS", _japanese),
    ("euc_jp", "EUC-JP", _japanese),
    ("cp932", "Shift-JIS", _kanji),
    ("cp949", "EUC-KR", _korean),
    ("gb18030", "GB18030", _simplified),
    ("cp950", "Big5", _traditional),
    ("cp1251", "Windows-1251", _cyrillic),
    ("koi8_r", "KOI8-R", _cyrillic),
)
