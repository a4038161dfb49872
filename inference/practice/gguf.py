"""What the first bytes of a GGUF file tell: its kind of model, and the type of its numbers."""

import struct
from dataclasses import dataclass

MAGIC = b"GGUF"
# GGUF's numbers for the types of its values.
_UINT32, _STRING = 4, 8
# The types of file: the number that the file gives, and the bits that a weight takes.
FILE_TYPES = {"F32": 0, "F16": 1, "Q8_0": 7, "Q4_K_S": 14, "Q4_K_M": 15, "BF16": 32}
BITS = {"F32": 32.0, "F16": 16.0, "BF16": 16.0, "Q8_0": 8.58, "Q4_K_M": 4.85, "Q4_K_S": 4.58}


@dataclass(frozen=True)
class Header:
    """What it says of itself; without a word of it, a llama in F16."""

    family: str = "llama"
    quantization: str = "F16"
    kind: str = "model"


def header(start: bytes) -> Header | None:
    """None for another kind of file. Keys that lie beyond the given bytes are taken as usual."""
    if not start.startswith(MAGIC):
        return None
    family = _text(start, b"general.architecture") or "llama"
    kind = _text(start, b"general.type") or "model"
    number = _number(start, b"general.file_type")
    quantization = next((name for name, its in FILE_TYPES.items() if its == number), "F16")
    return Header(family, quantization, "projector" if kind == "mmproj" else kind)


def _value(start: bytes, key: bytes) -> bytes:
    """What follows the key, each being written with its length before it."""
    named = struct.pack("<Q", len(key)) + key
    at = start.find(named)
    return start[at + len(named) :] if at >= 0 else b""


def _text(start: bytes, key: bytes) -> str:
    value = _value(start, key)
    if len(value) < 12 or struct.unpack_from("<I", value)[0] != _STRING:
        return ""
    (length,) = struct.unpack_from("<Q", value, 4)
    return value[12 : 12 + length].decode("utf-8", "replace")


def _number(start: bytes, key: bytes) -> int:
    value = _value(start, key)
    if len(value) < 8 or struct.unpack_from("<I", value)[0] != _UINT32:
        return -1
    return int(struct.unpack_from("<I", value, 4)[0])
