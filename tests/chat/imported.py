"""Files for the tests of imports, and what is read from them."""

import json
from pathlib import Path
from typing import Any

from chat.importing.reading import Opened


def written(folder: Path, data: Any) -> Path:
    """A file with this text, or with this data as JSON."""
    path = folder / "file.json"
    path.write_text(data if isinstance(data, str) else json.dumps(data))
    return path


def read(path: Path) -> list[Any]:
    """All that an import would find in a file."""
    opened = Opened(path)
    try:
        return list(opened.conversations())
    finally:
        opened.close()
