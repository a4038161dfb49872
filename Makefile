# `make run` starts the chat, `make test` runs every test; both do their own set-up.
# PYTHON=… names the Python for .venv, ARGS=… adds to the command (make test ARGS="-k fair").

ALL = base postgres redis dev

.PHONY: run test test-fast bench lint format messages lock

run:
	@tools/setup base
	@exec .venv/bin/webchat serve --migrate $(ARGS)

test:
	@tools/setup $(ALL)
	@tools/browser
	@tools/test $(ARGS)

test-fast:
	@tools/setup $(ALL)
	@exec .venv/bin/pytest -n 2 --dist loadfile -m "not browser and not processes" $(ARGS)

bench:
	@tools/setup base dev
	@exec .venv/bin/python -m bench $(ARGS)

lint:
	@tools/setup $(ALL)
	@.venv/bin/ruff check
	@.venv/bin/ruff format --check
	@.venv/bin/mypy

format:
	@tools/setup base dev
	@.venv/bin/ruff check --fix
	@.venv/bin/ruff format

# Brings locale/ up to date with the texts of the code.
messages:
	@tools/setup base dev
	@.venv/bin/python -m tools.messages

# Newest versions that requirements/*.in allow. No address of a registry gets into a lock.
lock:
	@tools/setup base dev
	@tools/lock
