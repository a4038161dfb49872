import logging

import pytest

from webchat.logs import NoSecrets


@pytest.mark.parametrize(
    ("message", "args", "line"),
    [
        ("Not Found: %s", ("/set-up/t0ken/",), "Not Found: /set-up/…/"),
        ("GET /search/?q=private thoughts", (), "GET /search/?… thoughts"),
        ("%s %s", ("GET", "/a?b=c&d=e"), "GET /a?…"),
        ("Why? It took %d s", (3,), "Why? It took 3 s"),
    ],
)
def test_takes_out_tokens_and_queries(message, args, line):
    record = logging.LogRecord("webchat", logging.INFO, "", 0, message, args, None)
    assert NoSecrets().filter(record)
    assert record.getMessage() == line
