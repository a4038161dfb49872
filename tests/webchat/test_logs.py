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


def test_a_name_that_is_not_allowed_leaves_no_line(client, db, caplog):
    assert client.get("/sign-in/", headers={"host": "evil.example"}).status_code == 400
    assert client.get("/not-there/").status_code == 404  # which does leave one
    said = [record.getMessage() for record in caplog.records]
    assert "Not Found: /not-there/" in said
    assert not [line for line in said if "evil.example" in line]
