"""Reads the settings anew, as a process with just these variables would."""

import os
from importlib.util import find_spec, module_from_spec
from pathlib import Path
from typing import Any
from unittest import mock


def read(folder: Path, **variables: str) -> dict[str, Any]:
    """The names of webchat.settings; raises WrongSetting as a start would."""
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("WEBCHAT_", "OLLAMA_"))}
    own = {"WEBCHAT_DATA_DIR": str(folder), "WEBCHAT_ENV_FILE": ""}
    spec = find_spec("webchat.settings")
    assert spec is not None
    assert spec.loader is not None
    settings = module_from_spec(spec)
    with mock.patch.dict(os.environ, {**clean, **own, **variables}, clear=True):
        spec.loader.exec_module(settings)
    return vars(settings)
