"""`python -m tools.pictures models chat`: takes the pictures of these documents anew, or of all.

They show made-up models and people. Needs Chromium, as the browser tests do.
"""

import sys

from tools.pictures import chat, models
from tools.pictures.stage import Stage

# By the document below docs/ that shows them: each takes its pictures on a stage of its own.
DOCUMENTS = {"chat": chat.take, "models": models.take}


def main(names: list[str]) -> None:
    for name in names or DOCUMENTS:
        with Stage() as stage:
            DOCUMENTS[name](stage)


if __name__ == "__main__":
    main(sys.argv[1:])
