"""What the floors above may listen to."""

from django.dispatch import Signal

# kwargs: person. Sent in the transaction that deactivates them.
person_deactivated = Signal()
