import pytest

from models_admin.servers.holes import HOLES, holes_of, mended_by, parsed


@pytest.mark.parametrize(
    ("version", "cves"),
    [
        ("0.17.1", []),
        ("0.24.0", []),
        ("1.0.0", []),
        ("0.17.1-rc0", ["CVE-2026-7482"]),
        ("0.17.0", ["CVE-2026-7482"]),
        ("0.9.6", ["CVE-2026-7482"]),
        ("0.1.46", ["CVE-2024-45436", "CVE-2026-7482"]),
        ("v0.1.28", [hole.cve for hole in HOLES]),
    ],
)
def test_names_the_holes_of_a_version(version, cves):
    assert [hole.cve for hole in holes_of(version)] == cves


@pytest.mark.parametrize("version", ["", "0.0.0", "main", "0.1", "9" * 100])
def test_says_nothing_of_what_is_no_version(version):
    assert parsed(version) is None
    assert holes_of(version) == []


def test_says_the_version_that_has_none():
    assert mended_by("0.1.28") == "0.17.1"
    assert mended_by("0.30.0") == ""
