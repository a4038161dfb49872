"""Certificates that people paste or upload, for servers whose own authority nobody else knows."""

from dataclasses import dataclass
from datetime import datetime

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

LARGEST = 40_000  # bytes; the whole form has 64 kB
MOST = 20


@dataclass(frozen=True)
class Certificate:
    """What people recognise one by."""

    name: str
    until: datetime


def checked(text: str) -> str:
    """The certificates in `text` and nothing else that stands there, as PEM; "" for none.

    Raises ValidationError, in the reader's language.
    """
    if not text.strip():
        return ""
    if len(text) > LARGEST:
        raise ValidationError(_("This is too long. Leave only the certificates that are needed."))
    if "PRIVATE KEY" in text:
        raise ValidationError(
            _(
                "There is a private key in it, which belongs nowhere but on its own server. Paste "
                "only the certificate."
            )
        )
    found = _load(text)
    now = timezone.now()
    if all(each.not_valid_after_utc < now for each in found):
        until = max(each.not_valid_after_utc for each in found)
        raise ValidationError(
            _("It is not valid any more: it ended on %(date)s.") % {"date": f"{until:%Y-%m-%d}"}
        )
    return "".join(each.public_bytes(Encoding.PEM).decode() for each in found)


def described(pem: str) -> list[Certificate]:
    """The certificates of a PEM that was checked."""
    if not pem:
        return []
    return [
        Certificate(_name(each), each.not_valid_after_utc)
        for each in x509.load_pem_x509_certificates(pem.encode())
    ]


def _load(text: str) -> list[x509.Certificate]:
    try:
        found = x509.load_pem_x509_certificates(text.encode())
    except ValueError:
        raise ValidationError(
            _("This is not a certificate in PEM, which begins with “-----BEGIN CERTIFICATE-----”.")
        ) from None
    if len(found) > MOST:
        raise ValidationError(_("This is too long. Leave only the certificates that are needed."))
    return found


def _name(certificate: x509.Certificate) -> str:
    common = certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    name = str(common[0].value) if common else certificate.subject.rfc4514_string()
    return "".join(letter if letter.isprintable() else " " for letter in name)[:200] or "?"
