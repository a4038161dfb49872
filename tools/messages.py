"""`make messages`: brings locale/ up to date with the code, without GNU gettext.

The catalogs (.po) get the texts that are new, lose those that are gone, and are compiled (.mo). The
compiled ones are committed too, so that a clone speaks its languages with nothing installed for it;
tests/webchat/test_messages.py holds the three to each other.
"""

import os
import sys
from collections.abc import Iterator, Sequence
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

import django
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.conf import settings
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parents[1]
# Where people's texts stand. The practice server speaks English, as Ollama does.
CODE = ("accounts", "chat", "gateway", "inference", "models_admin", "webchat")
NOT_SHOWN = ("migrations", "practice")
# By function, the arguments that hold messages; "c" is a context.
KEYWORDS = {
    **dict.fromkeys(("_", "gettext", "gettext_lazy", "gettext_noop"), None),
    **dict.fromkeys(("ngettext", "ngettext_lazy"), (1, 2)),
    **dict.fromkeys(("pgettext", "pgettext_lazy"), ((1, "c"), 2)),
    **dict.fromkeys(("npgettext", "npgettext_lazy"), ((1, "c"), 2, 3)),
}


class Messages(Catalog):
    """A catalog whose head says only what is needed: no dates, which would differ each time."""

    @property
    def mime_headers(self) -> list[tuple[str, str]]:
        return [
            ("Language", self.locale_identifier or ""),
            ("MIME-Version", "1.0"),
            ("Content-Type", "text/plain; charset=UTF-8"),
            ("Content-Transfer-Encoding", "8bit"),
            ("Plural-Forms", self.plural_forms),
        ]


def languages() -> list[str]:
    """Those that the settings name, but for the language of the source."""
    return [code for code, _ in settings.LANGUAGES if code != settings.LANGUAGE_CODE]


def path_of(language: str) -> Path:
    """The catalog of a language; its compiled form is the .mo beside it."""
    return ROOT / "locale" / language.replace("-", "_") / "LC_MESSAGES" / "django.po"


def template(root: Path = ROOT) -> Catalog:
    """All texts that people see, as they stand in the code and the templates now."""
    found = Messages()
    for path in sorted(_files(root)):
        with path.open("rb") as file:
            source = file if path.suffix == ".py" else _as_code(file.read().decode())
            for _, texts, comments, context in extract(
                "python", source, KEYWORDS, ["Translators:"], {"encoding": "utf-8"}
            ):
                where = (str(path.relative_to(root)), 0)
                found.add(texts, locations=[where], auto_comments=comments, context=context)
    return found


def read(language: str) -> Catalog:
    """The catalog as it is; an empty one for a language that is new."""
    path = path_of(language)
    catalog = Messages(locale=language.replace("-", "_"), fuzzy=False)
    if path.exists():
        with path.open("rb") as file:
            stored = read_po(file, locale=catalog.locale, abort_invalid=True)
        catalog.header_comment = stored.header_comment
        for message in stored:
            if message.id:
                catalog[message.id] = message
    else:
        catalog.header_comment = ""
    return catalog


def update(catalog: Catalog) -> None:
    """Adds the new texts, untranslated, and drops the old. Nothing is guessed."""
    catalog.update(template(), no_fuzzy_matching=True)
    catalog.obsolete.clear()


def written(catalog: Catalog) -> bytes:
    """The catalog as a .po file. Without line numbers, so that it changes only with its texts."""
    file = BytesIO()
    write_po(file, catalog, width=100, sort_by_file=True, include_lineno=False)
    return file.getvalue().strip() + b"\n"


def compiled(catalog: Catalog) -> bytes:
    """The catalog as a .mo file."""
    file = BytesIO()
    write_mo(file, catalog)
    return file.getvalue()


def main() -> None:
    for language in languages():
        catalog = read(language)
        update(catalog)
        path = path_of(language)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(written(catalog))
        path.with_suffix(".mo").write_bytes(compiled(catalog))
        missing = sum(not is_translated(message) for message in catalog)
        print(f"{path.relative_to(ROOT)}: {len(catalog)} texts, {missing} to be translated")  # noqa: T201


def is_translated(message: Message) -> bool:
    """Whether a message has words in each of its forms."""
    return all(forms(message.string))


def forms(text: str | Sequence[str] | None) -> Sequence[str]:
    """A message's text as a list: of one, or of its forms for different numbers."""
    return [text or ""] if isinstance(text, str | None) else text


def _files(root: Path) -> Iterator[Path]:
    for folder in CODE:
        for path in (root / folder).rglob("*.py"):
            if not set(path.relative_to(root).parts) & set(NOT_SHOWN):
                yield path
    yield from (root / "templates").rglob("*.html")


def _as_code(source: str) -> BinaryIO:
    """A template's texts as calls of gettext, one below the other, without its indentation."""
    lines = templatize(source).splitlines()
    return BytesIO("\n".join(line.strip() for line in lines).encode())


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "webchat.settings")
    sys.path.insert(0, str(ROOT))
    django.setup()
    main()
