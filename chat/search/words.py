"""Text as the index holds it: folded, and cut into words. Both databases get the same words.

Letters are folded to lower case without diacritics ("Übergröße" is "ubergrosse"). Scripts that are
written without spaces are cut into overlapping pairs of characters ("東京都" is "東京", "京都"), so
any part of a sentence of two characters or more is a sequence of words like any other.
"""

import re
import unicodedata
from collections.abc import Iterator
from itertools import pairwise

# Characters: a longer word (a hash, Base64) is found by its beginning.
LONGEST_WORD = 64

# Thai, Lao, Burmese, Khmer, Chinese and Japanese have no spaces between words.
UNSPACED = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005-\u3007\u3041-\u309f\u30a1-\u30fa\u30fc-\u30ff"
    "\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
)
# Vowel signs of Indic scripts are no letters to Python, but parts of words.
_INDIC = "\u0900-\u0963\u0966-\u0dff"
LETTER = rf"(?:[^\W_{UNSPACED}]|[{_INDIC}])"

_PIECE = re.compile(rf"{LETTER}+|[{UNSPACED}]+")
_ASCII_PIECE = re.compile("[a-z0-9]+")
_IS_UNSPACED = re.compile(f"[{UNSPACED}]")
# Accents, and the vowel points of Hebrew and Arabic. The voicing marks of kana make other letters.
_DROPPED = re.compile("[\u0300-\u036f\u0591-\u05c7\u0640\u064b-\u0652\u0670]")


class _Folds(dict[int, str]):
    """What each character is folded to, found out when it is first met."""

    def __missing__(self, code: int) -> str:
        # Twice: what a sign such as ™ is made of may have capitals.
        parts = unicodedata.normalize("NFKD", chr(code).casefold()).casefold()
        self[code] = unicodedata.normalize("NFC", _DROPPED.sub("", parts))
        return self[code]


_folds = _Folds()


def composed(text: str) -> str:
    """The text in the form that is folded character by character; it looks the same."""
    return text if text.isascii() else unicodedata.normalize("NFC", text)


def fold(text: str) -> str:
    """A composed text without what makes no difference to search."""
    return text.lower() if text.isascii() else text.translate(_folds)


def places(text: str) -> list[int]:
    """For each character of the folded text, the index in the composed one that it comes from."""
    return [index for index, sign in enumerate(text) for _ in _folds[ord(sign)]]


def pieces(folded: str) -> list[str]:
    """The words of a folded text; a run without spaces is one piece."""
    found = _ASCII_PIECE if folded.isascii() else _PIECE
    return found.findall(folded)


def is_unspaced(piece: str) -> bool:
    """Whether it is a run of a script without spaces."""
    return bool(_IS_UNSPACED.match(piece))


def words_of(piece: str) -> Iterator[str]:
    """What the index holds for a piece: the word, or the pairs of a run."""
    if not is_unspaced(piece):
        yield piece[:LONGEST_WORD]
    elif len(piece) == 1:
        yield piece
    else:
        for first, second in pairwise(piece):
            yield first + second


def words(text: str) -> list[str]:
    """The words of a text, in their order."""
    folded = fold(composed(text))
    found = pieces(folded)
    if folded.isascii() or not _IS_UNSPACED.search(folded):  # nearly always
        return [piece[:LONGEST_WORD] for piece in found]
    return [word for piece in found for word in words_of(piece)]


def signs(text: str) -> set[str]:
    """The characters of scripts without spaces in it: one alone is looked for as such."""
    return set() if text.isascii() else set(_IS_UNSPACED.findall(fold(composed(text))))
