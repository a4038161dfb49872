"""What a start does before the server listens."""

import errno
import socket

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.db import DEFAULT_DB_ALIAS, OperationalError, connections

from accounts import setting_up

from .environment import CannotStart
from .health import missing_migrations


def check_address(host: str, port: int) -> None:
    """Raises CannotStart where nobody could listen there now."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        family, _, _, _, address = found[0]
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except socket.gaierror:
        raise CannotStart(
            f"WEBCHAT_HOST={host} is not known here; it must be an address of this machine."
        ) from None
    except OSError as error:
        raise cannot_listen(host, port, error) from None


def cannot_listen(host: str, port: int, error: OSError) -> CannotStart:
    if error.errno == errno.EADDRINUSE:
        return CannotStart(
            f"Port {port} on {host} is taken by another program; end that one, "
            f"or choose another port with WEBCHAT_PORT={port + 1 if port < 65535 else 8000}."
        )
    if error.errno == errno.EADDRNOTAVAIL:
        return CannotStart(
            f"WEBCHAT_HOST={host} is not an address of this machine; 127.0.0.1 is for people "
            "on it, 0.0.0.0 for the network."
        )
    if error.errno == errno.EACCES:
        return CannotStart(
            f"WEBCHAT_PORT={port} is not open to this user; choose one from 1024 to 65535."
        )
    return CannotStart(f"Webchat cannot listen on {host}, port {port}: {error.strerror}.")


def prepare_database(*, migrate: bool) -> None:
    """Brings the tables up to date, or insists on it; makes the settings' administrator."""
    try:
        _reach_database()
        if missing_migrations():
            if not migrate:
                raise CannotStart(
                    "The database lacks tables of this version; run `webchat migrate`, "
                    "or start with `webchat serve --migrate`."
                )
            call_command("migrate", interactive=False, verbosity=0)
        setting_up.make_administrator_of_settings()
    except OperationalError as error:
        where = (
            "WEBCHAT_DATABASE_URL" if settings.ON_POSTGRES else f"the file in {settings.DATA_DIR}"
        )
        first = str(error).strip().splitlines()[0]
        raise CannotStart(f"The database ({where}) cannot be used: {first}") from None
    except ImproperlyConfigured as error:
        raise CannotStart(str(error)) from None
    finally:
        connections.close_all()  # this thread needs none from here on, and the pool has but a few


def _reach_database() -> None:
    """Raises OperationalError at once, where the pool would go on trying for a while."""
    if settings.ON_POSTGRES:
        from psycopg import connect  # there only where it is used

        connection = connections[DEFAULT_DB_ALIAS]
        with connection.wrap_database_errors:
            connect(**connection.get_connection_params()).close()


def address(host: str, port: int) -> str:
    """What to type into a browser."""
    if settings.BASE_URL:
        return settings.BASE_URL
    if host in ("0.0.0.0", "::"):  # noqa: S104
        host = next(
            (name for name in settings.NAMED_HOSTS if not name.startswith(".")), "localhost"
        )
    if ":" in host and not host.startswith("["):
        host = f"[{host}]"
    return f"http://{host}:{port}"
