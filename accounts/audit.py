"""The audit log's one door: `record(event, actor, subject, **details)`."""

from accounts.models import AuditEntry

record = AuditEntry.objects.record
