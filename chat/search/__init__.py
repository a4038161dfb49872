"""Search over the titles and messages of one person, in the database's own full-text index.

    people's and models' text ──fold──▶ words.py ──▶ index.py ──▶ sqlite.py or postgres.py
    what somebody typed ─────▶ query.py ──▶ finding.py ──▶ marking.py ──▶ a page

stores.py says which of the two. Triggers in the database note what has to be read in (tables.py),
whoever wrote it and however, so nothing that changes a message has to know of search. A search
first reads in what is due of the person who asks; so what was said a moment ago is found.
"""

from chat.search.finding import Filters, Found, Hit, find
from chat.search.index import catch_up, forget
from chat.search.query import Query, parse

__all__ = ["Filters", "Found", "Hit", "Query", "catch_up", "find", "forget", "parse"]
