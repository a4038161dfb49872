"""Brings the messages of an export into the shape that conversations have here.

Questions and answers take turns: parts of one turn (as tools make them) become one message, and an
answer always has a question.
"""

from dataclasses import replace

from django.utils.translation import gettext as _

from chat.importing.parsed import ParsedConversation, ParsedMessage
from chat.models import Role


def ordered(conversation: ParsedConversation) -> ParsedConversation:
    """The same with every parent before its children, turns whole, and the end of a path shown.

    A parent that is missing, or that would make a circle, is taken as none.
    """
    messages = _with_questions(_merged(_parents_first(conversation.messages)))
    ids = {message.id for message in messages}
    shown = conversation.shown
    if shown not in ids:
        shown = messages[-1].id if messages else None
    return replace(conversation, messages=messages, shown=_end_below(shown, messages))


def _parents_first(messages: list[ParsedMessage]) -> list[ParsedMessage]:
    by_id: dict[str, ParsedMessage] = {}
    for message in messages:
        by_id.setdefault(message.id, message)
    placed: dict[str, ParsedMessage] = {}
    for message in by_id.values():
        above: list[ParsedMessage] = []
        each: ParsedMessage | None = message
        seen: set[str] = set()
        while each is not None and each.id not in placed and each.id not in seen:
            seen.add(each.id)
            above.append(each)
            each = by_id.get(each.parent) if each.parent else None
        for one in reversed(above):
            if one.parent not in placed:
                one = replace(one, parent=None)
            placed[one.id] = one
    return list(placed.values())


def _merged(messages: list[ParsedMessage]) -> list[ParsedMessage]:
    """Joins a message to its parent of the same role, where that has no other child."""
    children: dict[str | None, int] = {}
    for message in messages:
        children[message.parent] = children.get(message.parent, 0) + 1
    turns: dict[str, list[ParsedMessage]] = {}  # by the id of the first one
    now_in: dict[str, str] = {}  # ids of joined messages, and of those that they are in
    for message in messages:
        parent_id = now_in.get(message.parent or "", message.parent or "")
        turn = turns.get(parent_id)
        alone = children.get(message.parent) == 1
        if turn and turn[0].role == message.role and alone:
            turn.append(message)
            now_in[message.id] = parent_id
        else:
            turns[message.id] = [replace(message, parent=parent_id if turn else None)]
    return [_joined(turn) for turn in turns.values()]


def _joined(turn: list[ParsedMessage]) -> ParsedMessage:
    return replace(
        turn[0],
        text="\n\n".join(each.text for each in turn if each.text),
        thinking="\n\n".join(each.thinking for each in turn if each.thinking),
        tool_calls=[call for each in turn for call in each.tool_calls],
        files=[file for each in turn for file in each.files],
        model=next((each.model for each in turn if each.model), ""),
    )


def _with_questions(messages: list[ParsedMessage]) -> list[ParsedMessage]:
    by_id = {message.id: message for message in messages}
    whole: list[ParsedMessage] = []
    for message in messages:
        parent = by_id.get(message.parent or "")
        if message.role == Role.ASSISTANT and (parent is None or parent.role == Role.ASSISTANT):
            made = ParsedMessage(
                id=f"question of {message.id}",
                parent=message.parent,
                role=Role.USER,
                text=_("(There is no question here in the file.)"),
                created_at=message.created_at,
            )
            whole.append(made)
            message = replace(message, parent=made.id)
        whole.append(message)
    return whole


def _end_below(shown: str | None, messages: list[ParsedMessage]) -> str | None:
    """The last message of the newest path through `shown`."""
    newest_child = {message.parent: message.id for message in messages}
    while shown in newest_child:
        shown = newest_child[shown]
    return shown
