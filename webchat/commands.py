"""The command line: `webchat`, `python -m webchat` and `python manage.py` alike."""

import gc
import os
import sys


def main() -> None:
    """Runs a command of ours or of Django's; a wrong setting ends it with its one sentence."""
    if sys.version_info < (3, 11):  # noqa: UP036 (pip is not asked on every way here)
        sys.exit(f"Webchat needs Python 3.11 or newer; this is {sys.version.split()[0]}.")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "webchat.settings")
    if sys.argv[1:2] == ["serve"]:
        gc.disable()  # until it listens: while modules are loaded there is nothing to collect
    try:
        from django.conf import settings
        from django.core.management import execute_from_command_line

        from .environment import CannotStart
    except ModuleNotFoundError as missing:
        sys.exit(
            f"The package {missing.name} is not installed for this Python; "
            "`make run` installs what is needed and starts the chat."
        )
    try:
        _ = settings.DEBUG  # reads the settings
        execute_from_command_line(["webchat", *sys.argv[1:]])
    except CannotStart as reason:
        sys.exit(str(reason))
