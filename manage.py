#!/usr/bin/env python
"""`python manage.py COMMAND` is the same as `webchat COMMAND`."""

from webchat.commands import main

if __name__ == "__main__":
    main()
