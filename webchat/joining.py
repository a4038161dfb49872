"""Joins the small files of CSS and JS into one each, without their comments.

No minifier: what is taken away is whole comments, blank lines and (in CSS) indentation; the rest is
compression's work.
"""

import re
from pathlib import Path

# Strings and url(…) first, so that a comment's beginning inside of them is none.
_CSS = re.compile(r""""(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|url\([^)"']*\)|/\*.*?\*/""", re.DOTALL)
_WHOLE_COMMENT = re.compile(r"^[ \t]*/\*(?:(?!\*/).)*\*/[ \t]*$\n?", re.DOTALL | re.MULTILINE)


def styles(folder: Path) -> str:
    """tokens.css first, then by name; links (../icons/x.svg) as seen from the top folder."""
    files = sorted(folder.glob("*.css"), key=lambda file: (file.name != "tokens.css", file.name))
    joined = "\n".join(file.read_text() for file in files)
    bare = _CSS.sub(lambda part: "" if part[0].startswith("/*") else part[0], joined)
    bare = re.sub(r"""url\((["']?)(?:\.\./)+""", r"url(\1", bare)
    return "".join(f"{line.strip()}\n" for line in bare.splitlines() if line.strip())


def scripts(folder: Path) -> str:
    """Each file in a block of its own, so that two may use one name for different things."""
    files = sorted(folder.glob("*.js"), key=lambda file: file.name)
    return "".join(f"{{\n{script(file.read_text())}}}\n" for file in files)


def script(text: str) -> str:
    """Without comments on lines of their own; as it is where a template literal spans lines."""
    if any(line.count("`") % 2 for line in text.splitlines()):
        return text.rstrip("\n") + "\n"
    bare = _WHOLE_COMMENT.sub("", text)
    kept = (line.rstrip() for line in bare.splitlines())
    return "".join(f"{line}\n" for line in kept if line and not line.lstrip().startswith("//"))
