"""Which files somebody wants to upload: their names and sizes, checked before the first byte."""

import json
import re
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from models_admin.figures import size as written
from models_admin.models import UploadFile

MOST_FILES = 300  # the largest models in safetensors have about 200
MOST_BYTES = 100_000  # of the list itself
_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.+ -]{0,99}(/[A-Za-z0-9_][A-Za-z0-9_.+ -]{0,99})?")
_FINGERPRINT = re.compile(r"[0-9a-f]{1,64}")
_SUM = re.compile(
    r"(?:SHA256 ?\((?P<bsd>.+)\) ?= ?)?(?P<sum>[0-9a-fA-F]{64})(?: [ *]?(?P<name>.+))?"
)
GGUF, SAFETENSORS = ".gguf", ".safetensors"
# What Ollama reads beside the weights.
_BESIDE = re.compile(r"(.*\.json|tokenizer\.[A-Za-z0-9_.]+)\Z")


@dataclass(frozen=True)
class Declared:
    """A file that somebody has; the size is in bytes."""

    role: str
    name: str
    size: int
    fingerprint: str
    expected: str = ""

    @property
    def is_weights(self) -> bool:
        return self.name.endswith((GGUF, SAFETENSORS))


def read(text: str, sums: str = "") -> list[Declared]:
    """The files of a list as the page makes it: [{"role", "name", "size", "fingerprint"}, …].

    What Ollama does not need, such as a README in a folder, is left out. `sums` is what sha256sum
    prints. Raises ValidationError in the words of the one who chose the files.
    """
    try:
        listed = json.loads(text or "[]") if len(text) <= MOST_BYTES else None
        files = [_declared(each) for each in listed] if isinstance(listed, list) else None
    except (ValueError, TypeError, KeyError, RecursionError):
        files = None
    if files is None:
        raise ValidationError(_("What the page said of the files cannot be read. Load it again."))
    files = [file for file in files if file.is_weights or _BESIDE.fullmatch(file.name)]
    _check_kinds(files)
    _check_each(files)
    return _with_sums(files, sums)


def _declared(entry: dict[str, Any]) -> Declared:
    role, name, size = UploadFile.Role(entry["role"]), entry["name"], entry["size"]
    fingerprint = entry["fingerprint"]
    if not (isinstance(name, str) and isinstance(size, int) and isinstance(fingerprint, str)):
        raise TypeError
    if isinstance(size, bool) or not _FINGERPRINT.fullmatch(fingerprint):
        raise ValueError
    stem, dot, ending = name.rpartition(".")
    return Declared(role.value, f"{stem}{dot}{ending.lower()}", size, fingerprint)


def _check_kinds(files: list[Declared]) -> None:
    model = [file for file in files if file.role == UploadFile.Role.MODEL]
    kinds = {PurePosixPath(file.name).suffix for file in model if file.is_weights}
    if not kinds:
        raise ValidationError(
            _("Choose a GGUF file, or the folder of a model in safetensors with its config.json.")
        )
    if len(kinds) > 1:
        raise ValidationError(_("Choose either GGUF files or safetensors, not both at once."))
    if kinds == {SAFETENSORS} and "config.json" not in {file.name for file in model}:
        raise ValidationError(
            _("A model in safetensors needs its config.json too: choose the whole folder.")
        )
    for role in UploadFile.Role.values:
        names = [file.name.lower() for file in files if file.role == role]
        if len(set(names)) < len(names):
            raise ValidationError(_("Two of the files have the same name."))


def _check_each(files: list[Declared]) -> None:
    if len(files) > MOST_FILES:
        words = _("These are more than %(most)s files. Choose only those of one model.")
        raise ValidationError(words % {"most": MOST_FILES})
    for file in files:
        values = {"name": file.name[:100], "most": written(settings.LARGEST_UPLOAD)}
        if not _NAME.fullmatch(file.name):
            words = _("Rename %(name)s: Ollama takes only plain letters, digits, “.”, “-”, “_”.")
            raise ValidationError(words % values)
        if file.size < 1:
            raise ValidationError(_("%(name)s is empty.") % values)
    if sum(file.size for file in files) > settings.LARGEST_UPLOAD:
        words = _("This is more than the %(most)s that an upload may have here.")
        raise ValidationError(words % {"most": written(settings.LARGEST_UPLOAD)})


def _with_sums(files: list[Declared], text: str) -> list[Declared]:
    sums: dict[str, str] = {}
    for line in filter(None, map(str.strip, text.splitlines())):
        found = _SUM.fullmatch(line)
        if found is None:
            words = _("“%(line)s” is no SHA-256 sum: it has 64 digits, and the file's name behind.")
            raise ValidationError(words % {"line": line[:80]}, code="sums")
        sums[(found["bsd"] or found["name"] or "").strip()] = found["sum"].lower()
    if "" in sums and len(files) > 1:
        words = _("There are several files: write the name of its file behind each sum.")
        raise ValidationError(words, code="sums")
    if unknown := set(sums) - {file.name for file in files} - {""}:
        words = _("No file that you chose has the name %(name)s, for which there is a sum.")
        raise ValidationError(words % {"name": min(unknown)[:100]}, code="sums")
    return [
        Declared(file.role, file.name, file.size, file.fingerprint, expected)
        for file in files
        for expected in [sums.get(file.name) or sums.get("") or ""]
    ]
