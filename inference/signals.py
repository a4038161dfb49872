"""What the floors above may listen to. Both are sent in the transaction that made them true."""

from django.dispatch import Signal

# kwargs: run. It was claimed and will now be sent to its server.
run_started = Signal()
# kwargs: run. It came to its one terminal state.
run_ended = Signal()
