"""Tells what went wrong in a pull, push, create, copy, delete or upload. No I/O.

Their errors are mostly those of others that Ollama passes on: of registries, disks and files.
"""

from .errors import (
    BadFile,
    BlobMissing,
    Busy,
    Interrupted,
    ModelMissing,
    NameRefused,
    NoSpace,
    NotAble,
    NotAllowed,
    NotInRegistry,
    OllamaError,
    Refused,
    RegistryUnreachable,
    UntrustedRegistry,
)
from .refusals import BY_WORDS, failure, kinds, refusal

_NO_FILE = r"(no such file or directory|cannot find the (file|path) specified)"

# The narrow ones stand above the wide ones.
JOBS_BY_WORDS = (
    *kinds(
        (r"no space left|disk quota exceeded|not enough space on the disk", NoSpace),
        (r"file must be downloaded again", Interrupted),  # Ollama has removed what was wrong
        (r"digest mismatch", BadFile),
        (r"not in GGUF format|invalid file magic|unsupported model format", BadFile),
        (r"unknown type|only one adapter|no files provided|no base model was found", BadFile),
        (r"(unknown|unsupported) architecture|architecture not set|parse config.json", BadFile),
        (r"exceeds file size|(unable|failed) to (read|seek)|improper type for", BadFile),
        (r"unsupported quantization|quantization is only supported", NotAble),
        (r"pull model manifest: 412|requires a newer version|requires MLX", NotAble),
        (r"first record does not look like a TLS|HTTP response to HTTPS client", UntrustedRegistry),
        (r"insecure protocol|x509:|failed to verify certificate", UntrustedRegistry),
        (r"pull model manifest: file does not exist|(manifest|name) unknown", NotInRegistry),
        (r"unauthorized|not authorized|authentication required", NotAllowed),
        (r"access (is )?denied|forbidden|(^|: )40[13]\b", NotAllowed),
        (rf"blobs[/\\]sha256.{{0,200}}{_NO_FILE}", BlobMissing),
        (rf"manifests[/\\].{{0,1000}}{_NO_FILE}", ModelMissing),
        (r"invalid model name|unqualified name|is invalid\W*$", NameRefused),
        (r"(^|: )429\b|too many requests", Busy),
        (r"max retries exceeded|part stalled|dial tcp|no such host", RegistryUnreachable),
        (r"connection (refused|reset)|timeout|timed out|unreachable", RegistryUnreachable),
        (r"no route to host|broken pipe|stream error|http2:|\bEOF\b", RegistryUnreachable),
        (r"(^|: |status (code )?)5\d\d\b", RegistryUnreachable),
        (r"context canceled|request canceled", Interrupted),
    ),
    *BY_WORDS,
)


def job_refusal(status: int, body: bytes) -> OllamaError:
    """The exception for an answer with a status that is no success."""
    return refusal(status, body, JOBS_BY_WORDS)


def job_failure(said: object) -> OllamaError:
    """The exception for the `error` of a line. What nobody has seen before is not retryable."""
    return failure(said, JOBS_BY_WORDS, otherwise=Refused)
