"""Made-up words, as frequent as words are (Zipf's law), and what somebody looks for with them."""

import random
from collections.abc import Sequence

VOCABULARY = 60_000
DRAWN = 2_000_000
IDEOGRAPHS, KANA = 2_500, "のにはをたがでてとしれさるいもなこ"
ACCENTS, PLAIN = str.maketrans("aeioun", "áéïôüñ"), str.maketrans("áéïôüñ", "aeioun")
# Ranks from which on a word is usual or rare, and those to choose from.
COMMON, USUAL, RARE = slice(0, 20), slice(300, 2_000), slice(-5_000, None)
# One in so many words has accents.
EVERY_ACCENTED = 6


class Language:
    """Words of two to eight letters; the first is the most frequent."""

    def __init__(self) -> None:
        self._random = random.Random(1)  # noqa: S311 -- the same words in each run
        syllables = [a + b for a in "bcdfghjklmnprstvw" for b in "aeiou"]
        words: dict[str, None] = {}
        while len(words) < VOCABULARY:
            word = "".join(self._random.choices(syllables, k=self._random.choice([1, 2, 2, 3, 4])))
            words[word.translate(ACCENTS) if len(words) % EVERY_ACCENTED == 5 else word] = None
        self.words = list(words)
        self.signs = [*KANA, *map(chr, range(0x4E00, 0x4E00 + IDEOGRAPHS))]
        # To draw from what was drawn by weight is as just, and takes a third of the time.
        self._drawn = self._random.choices(self.words, zipf(self.words), k=DRAWN)
        self._drawn_signs = self._random.choices(self.signs, zipf(self.signs), k=DRAWN)

    def text(self, words: int) -> str:
        return " ".join(self._random.choices(self._drawn, k=words))

    def unspaced(self, signs: int) -> str:
        """As Chinese and Japanese are written."""
        text = "".join(self._random.choices(self._drawn_signs, k=signs))
        return "。".join(text[at : at + 25] for at in range(0, len(text), 25))

    def queries(self, each: int) -> dict[str, list[str]]:
        """What is typed, by kind."""
        rng = random.Random(2)  # noqa: S311 -- the same for everybody
        common, usual, rare = self.words[COMMON], self.words[USUAL], self.words[RARE]
        accented = [word for word in usual if not word.isascii()]
        kana, signs, rare_signs = self.signs[:18], self.signs[18:300], self.signs[-1_000:]

        def some(*kinds: list[str], between: str = " ") -> list[str]:
            return [between.join(map(rng.choice, kinds)) for _ in range(each)]

        def beginnings(length: int) -> list[str]:
            return [word[:length] for word in some([w for w in usual if len(w) > length])]

        return {
            "a common word": some(common),
            "two common words": some(common, common),
            "a usual word": some(usual),
            "two usual words": some(usual, usual),
            "three usual words": some(usual, usual, usual),
            "a rare word": some(rare),
            "a rare and a common word": some(rare, common),
            "a word with accents": some(accented),
            "one without its accents": [plain(word) for word in some(accented)],
            "a number that one message has": [f"no{rng.randrange(50_000) * 20}" for _ in common],
            "a word nobody wrote": [f"q{word}x" for word in some(usual)],
            "two letters": beginnings(2),
            "three letters": beginnings(3),
            "five letters": beginnings(5),
            "a common phrase": [f'"{words}"' for words in some(common, common)],
            "a phrase of usual words": [f'"{words}"' for words in some(usual, usual)],
            "a phrase of common words, seldom": [
                f'"{words}"' for words in some(common, common, common, common)
            ],
            "a common sign": some(kana),
            "a sign": some(signs),
            "a rare sign": some(rare_signs),
            "two signs": some(signs, signs, between=""),
            "four signs": some(signs, signs, kana, signs, between=""),
        }

    def filtered(self, each: int) -> dict[str, list[str]]:
        """What is typed where a filter is set."""
        rng = random.Random(3)  # noqa: S311 -- the same for everybody
        return {
            kind: [rng.choice(self.words[ranks]) for _ in range(each)]
            for kind, ranks in {"common": COMMON, "rare": RARE}.items()
        }


def plain(word: str) -> str:
    """Without its accents."""
    return word.translate(PLAIN)


def zipf(ranked: Sequence[str]) -> list[float]:
    """How frequent each is; the first is the most frequent."""
    return [1 / (rank + 3) for rank in range(len(ranked))]
