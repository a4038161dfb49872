"""`python -m webchat COMMAND`."""

from .commands import main

main()
