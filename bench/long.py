"""Fills an empty data folder with conversations that are far too long, each of another kind.

Prints JSON: {"cookies": …, "conversations": {name: id}}. Run with the bench's data folder.
"""

import json
import os
from uuid import UUID

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "webchat.settings")
django.setup()

from django.core.management import call_command

from accounts.models import Person
from bench.prepare import session_cookies
from chat.models import Conversation, Message
from chat.models.role import Role

MODEL = "practice:latest"
LINES = 20_000
COLUMNS, ROWS = 500, 40
TURNS = 1_000  # of a question and an answer


def prose(lines: int) -> str:
    """Paragraphs, lists and now and then a block of code, a line each."""
    made: list[str] = []
    while len(made) < lines:
        made += ["A line with **some** words, `code` and 1,234 of what one says.", ""] * 4
        made += [f"- an item of a list, the {n}th" for n in range(5)]
        made += ["", "```python", *[f"value_{n} = compute({n})" for n in range(5)], "```", ""]
    return "\n".join(made[:lines])


def code(lines: int) -> str:
    return "```python\n" + "\n".join(f"value_{n} = compute({n})" for n in range(lines)) + "\n```"


def table(columns: int, rows: int) -> str:
    def row(cells: list[str]) -> str:
        return "| " + " | ".join(cells) + " |"

    head = [row([f"Column {n}" for n in range(columns)]), row(["---"] * columns)]
    return "\n".join(head + [row([f"{n * r}" for n in range(columns)]) for r in range(rows)])


def megabyte() -> str:
    return ("Some words that somebody pasted from somewhere, in one long line. " * 200 + "\n") * 76


def conversation(owner: Person, turns: list[tuple[str, str]]) -> UUID:
    """One with these questions and answers."""
    made = Conversation.objects.create(
        owner=owner,
        title="Bench",
        title_source=Conversation.TitleSource.PERSON,
        model_name=MODEL,
    )
    leaf = None
    for question, answer in turns:
        for role, text in ((Role.USER, question), (Role.ASSISTANT, answer)):
            leaf = Message(conversation=made, parent=leaf, role=role, text=text)
            if role == Role.USER:
                leaf.author = owner
            else:
                leaf.model_name = MODEL
                leaf.render()
            leaf.save()
    made.leaf = leaf
    made.save()
    return made.pk


def main() -> None:
    call_command("migrate", verbosity=0)
    ann = Person.objects.create_person("ann", None)
    turn = ("What now?", prose(20))
    conversations = {
        "empty": conversation(ann, [turn]),
        "lines": conversation(ann, [("Write at length", prose(LINES))]),
        "code": conversation(ann, [("Write a program", code(LINES))]),
        "table": conversation(ann, [("Make a table", table(COLUMNS, ROWS))]),
        "megabyte": conversation(ann, [(megabyte(), "That is long.")]),
        "messages": conversation(ann, [turn] * TURNS),
    }
    ids = {name: str(pk) for name, pk in conversations.items()}
    print(json.dumps({"cookies": session_cookies(ann), "conversations": ids}))


if __name__ == "__main__":
    main()
