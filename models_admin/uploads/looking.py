"""What the beginning of a file tells: whether it is what its name says. No I/O."""

import struct

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

# Bytes that are looked at, or all of a shorter file.
LOOKED_AT = 64
_GGUF = b"GGUF"
_GGUF_VERSIONS = range(1, 4)  # that Ollama reads
_LARGEST_HEADER = 100_000_000  # bytes of the JSON in a safetensors file, as its authors limit it
# Of the magic, the version, and the numbers of tensors and of keys.
_SHORTEST_GGUF = 24


def check(name: str, size: int, start: bytes) -> None:
    """Raises ValidationError for a file of `size` bytes that can't be what its name says."""
    if name.endswith(".gguf"):
        _check_gguf(name, size, start)
    elif name.endswith(".safetensors"):
        _check_safetensors(name, size, start)
    elif name.endswith(".json") and start.lstrip()[:1] not in (b"{", b"["):
        raise ValidationError(_("%(name)s holds no JSON.") % {"name": name})


def _check_gguf(name: str, size: int, start: bytes) -> None:
    if start[:4] != _GGUF or size < _SHORTEST_GGUF:
        words = _("%(name)s is not a GGUF file, whatever its name says. Choose another one.")
        raise ValidationError(words % {"name": name})
    (version,) = struct.unpack_from("<I", start, 4)
    if version not in _GGUF_VERSIONS:
        words = _("%(name)s is a GGUF file of a kind that Ollama does not read (version %(n)s).")
        # Written by a machine with the other order of bytes, the number is huge.
        raise ValidationError(words % {"name": name, "n": version})


def _check_safetensors(name: str, size: int, start: bytes) -> None:
    length = struct.unpack_from("<Q", start)[0] if len(start) > 8 else 0
    if start[8:9] != b"{" or not 2 <= length <= _LARGEST_HEADER:
        words = _("%(name)s is not a safetensors file, whatever its name says.")
        raise ValidationError(words % {"name": name})
    if length + 8 > size:
        raise ValidationError(_("%(name)s is cut off: its end is missing.") % {"name": name})
