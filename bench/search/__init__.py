"""Search among many messages: `python -m bench.search 1000000` fills an empty database and asks.

language.py ──▶ filling.py ──▶ database ◀── asking.py ──▶ __main__.py prints one JSON object
"""
