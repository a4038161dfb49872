"""Slows those who guess passwords: pauses that grow, by account and by address.

- An attempt is booked as failed before the password is checked, under a lock, so that many at once
  gain nothing; a right password takes the booking back.
- Nobody is ever locked out: pauses are bounded, and a browser where this account signed in before
  (known_browser.py) has a count of its own, which a stranger who guesses cannot raise.
- The counts live in the database and so hold for all processes.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import ip_address, ip_network
from math import ceil

from django.db import transaction
from django.utils.crypto import salted_hmac

from accounts import usernames
from accounts.models import SignInAttempts

FORGOTTEN_AFTER = timedelta(hours=1)  # without a failure


@dataclass(frozen=True)
class Pace:
    """`free` failures cost nothing; then the pauses are 1, 2, 4 … seconds, up to `longest`."""

    free: int
    longest: int

    def pause(self, failures: int) -> timedelta:
        """How long to wait after so many failures."""
        beyond = failures - self.free
        # The exponent is bounded, for a count that grew for weeks.
        return timedelta(seconds=min(self.longest, 2 ** min(beyond - 1, 20)) if beyond > 0 else 0)


ACCOUNT = Pace(free=5, longest=60)
# A whole company may sit behind one address.
ADDRESS = Pace(free=30, longest=300)


class Paused(Exception):
    """Too many attempts failed: nothing is checked for so many `seconds` (1 or more)."""

    def __init__(self, seconds: int) -> None:
        super().__init__(seconds)
        self.seconds = seconds


@dataclass(frozen=True)
class Attempt:
    """One attempt under way, booked as failed until `succeeded` or `withdraw`."""

    paces: dict[str, Pace]

    @classmethod
    def at_account(
        cls, username: str, address: str, browser: str | None, now: datetime
    ) -> "Attempt":
        """Books an attempt to sign in; raises Paused.

        `browser` names a browser that this account is known by.
        """
        if browser:
            return cls._booked({_whose("browser", browser): ACCOUNT}, now)
        account = _whose("account", usernames.folded(username))
        return cls._booked({account: ACCOUNT, _whose("address", _network(address)): ADDRESS}, now)

    @classmethod
    def at_own_password(cls, person_id: str, now: datetime) -> "Attempt":
        """Books an attempt of somebody signed in to say their password; raises Paused."""
        return cls._booked({_whose("own", person_id): ACCOUNT}, now)

    @classmethod
    def _booked(cls, paces: dict[str, Pace], now: datetime) -> "Attempt":
        with transaction.atomic():
            SignInAttempts.objects.filter(failed_at__lt=now - FORGOTTEN_AFTER).delete()
            rows = [_locked(whose, now) for whose in sorted(paces)]  # sorted: no deadlock
            free_at = max(row.free_at for row in rows)
            if free_at > now:
                raise Paused(ceil((free_at - now).total_seconds()))
            for row in rows:
                row.failures += 1
                row.failed_at = now
                row.free_at = now + paces[row.whose].pause(row.failures)
                row.save(update_fields=["failures", "failed_at", "free_at"])
        return cls(paces)

    def succeeded(self, now: datetime) -> None:
        """The password was right: forgets the account's failures and this one of the address."""
        forgiven = [whose for whose, pace in self.paces.items() if pace is ACCOUNT]
        with transaction.atomic():
            SignInAttempts.objects.filter(whose__in=forgiven).delete()
            self._take_back(set(self.paces) - set(forgiven), now)

    def withdraw(self, now: datetime) -> None:
        """Nothing was found out, right or wrong: as if it had not been."""
        with transaction.atomic():
            self._take_back(set(self.paces), now)

    def _take_back(self, whose: set[str], now: datetime) -> None:
        rows = SignInAttempts.objects.select_for_update().filter(whose__in=whose, failures__gt=0)
        for row in rows.order_by("whose"):
            row.failures -= 1
            row.free_at = now
            row.save(update_fields=["failures", "free_at"])


def _locked(whose: str, now: datetime) -> SignInAttempts:
    row, _ = SignInAttempts.objects.select_for_update().get_or_create(
        whose=whose, defaults={"failed_at": now, "free_at": now}
    )
    return row


def _whose(kind: str, name: str) -> str:
    return salted_hmac("accounts.throttle", f"{kind}:{name}", algorithm="sha256").hexdigest()


def _network(address: str) -> str:
    """An IPv6 address stands for its /64, of which one person has all addresses."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return ""
    if parsed.version == 4:
        return str(parsed)
    return str(parsed.ipv4_mapped or ip_network(f"{parsed}/64", strict=False))
