"""A server that speaks Ollama's protocol over HTTP, with made-up models and no model behind them.

For trying Webchat without Ollama, for its tests and for its benchmarks:

    server = PracticeServer(); await server.start(); server.url; await server.stop()
    python -m inference.practice --port 11434

It behaves as Ollama 0.24 does; the recordings in tests/wire hold it to that. Its models are
`practice` (tools), `practice-think`, `practice-vision` and `practice-embed` (models.py); a made-up
registry has more to pull: `practice/tiny`, `practice/large`, `practice/thinks` and
`practice/precise` (registry.py). What is pulled, created or uploaded lives in memory only, and of
a file no more is kept than its size, its digest and its first bytes.

Tests script it over HTTP, or through the methods of the same names:

- `POST /practice/script` changes the fields of a Script that its JSON names (script.py): the
  speed, the times, the answer (a text, or a list of pieces), the thinking, the tool calls, and
  `faults`, one or a list: `{"kind": "cut", "after_lines": 3, "times": 1, "path": "/api/chat"}`.
  For pulls there are `pull_speed` and `registry`: `{"name": "practice/tiny", "version": "2"}` is an
  update of that model.
- `POST /practice/reset` goes back to the script of the start; nothing is loaded or remembered.
- `POST /practice/release` ends the stalls that have no `seconds` of their own.
- `GET /practice/requests` tells what was asked, oldest first (log.py): path, body, times, lines
  sent, and whether the client left before the end (`cut_by_client`).
"""

from .models import Known, PracticeModel
from .script import Fault, Script
from .server import PracticeServer

__all__ = ["Fault", "Known", "PracticeModel", "PracticeServer", "Script"]
