"""Search among many messages: fills an empty data folder or database, and asks.

Run with the bench's data folder: `python -m bench.search 1000000` prints one JSON object, times in
milliseconds. Of the messages one person has two thirds, one a third, one some, and one only a few.
"""

import gc
import json
import os
import sys
import time
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "webchat.settings")
django.setup()

from django.core.management import call_command

from accounts.models import Person
from bench.search.asking import ask
from bench.search.filling import fill, owners, places
from bench.search.language import Language
from bench.search.making import PACE_S
from bench.search.sizes import sizes

EACH = 10  # searches of each kind and person
DAY_S = 86_400


def measure(total: int) -> dict[str, Any]:
    began = time.monotonic()
    people = {name: places(person) for name, person in owners().items()}
    fill(people, total)
    filled = time.monotonic() - began
    language, days = Language(), total * PACE_S // DAY_S
    gc.freeze()  # as the server does; the language's lists alone take a collection 100 ms
    times = {
        f"{name}: {kind}": taken
        for name, owner in people.items()
        for kind, taken in ask(language, owner, days, EACH).items()
    }
    return {"messages": total, "fill_s": filled, "times": times, "megabytes": sizes()}


if __name__ == "__main__":
    call_command("migrate", verbosity=0)
    if Person.objects.exists():
        sys.exit("This is for an empty data folder or database.")
    print(json.dumps(measure(int(sys.argv[1]))))
