"""Footnotes: references that lead to their notes, and back.

Their ids are the only ones in an answer. They are of the message, so that no other answer on the
page has them, and of a number, so that no word of the model's is in them.
"""

from inference.live.carried import Carried


def reference(name: str, prefix: str, carried: Carried) -> str:
    """The raised number in the text. Its first place is where the note leads back to."""
    number = carried.number(name)
    target = f"{prefix}-{number}"
    own_id = "" if number in carried.referred else f' id="fr-{target}"'
    carried.referred.add(number)
    return f'<sup><a{own_id} href="#fn-{target}" role="doc-noteref">{number}</a></sup>'


def definition(name: str, prefix: str, carried: Carried) -> tuple[str, str]:
    """What stands before and after the blocks of a note."""
    number = carried.number(name)
    target = f"{prefix}-{number}"
    return (
        f'<div class="footnote" role="note" id="fn-{target}">'
        f'<a href="#fr-{target}" role="doc-backlink">{number}</a> ',
        "</div>",
    )
