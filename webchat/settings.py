"""All settings, from the environment and `.env`. The README's table says what each variable means.

What is wrong raises `WrongSetting`, which the command line shows as one sentence (commands.py).
"""

import socket
from pathlib import Path
from typing import Any

from inference.addresses import from_ollama_host, normal

from . import environment, stores
from .environment import Environment, WrongSetting

BASE_DIR = Path(__file__).resolve().parent.parent
env = Environment.read(BASE_DIR)

# Where it runs

DEBUG = env.flag("WEBCHAT_DEBUG")
HOST = env.text("WEBCHAT_HOST", "127.0.0.1").strip("[]")
PORT = env.number("WEBCHAT_PORT", 8000, least=0, most=65535)
DATA_DIR = stores.data_folder(BASE_DIR / env.text("WEBCHAT_DATA_DIR", "data"))
SECRET_KEY = env.secret("WEBCHAT_SECRET_KEY") or stores.secret_key(DATA_DIR / "secret-key")
if len(SECRET_KEY) < 32:
    raise WrongSetting(
        f"WEBCHAT_SECRET_KEY (not shown) has {len(SECRET_KEY)} characters; it must have at least "
        "32 (left out, Webchat makes one)."
    )

# Under which names people reach it

_base = env.text("WEBCHAT_BASE_URL")
_origin = _base and environment.parsed(
    "WEBCHAT_BASE_URL",
    _base,
    environment.origin,
    "the address people type, without a path, such as https://chat.example.com",
)
BASE_URL = f"{_origin.scheme}://{_origin.netloc}".lower() if _origin else ""
SECURE = BASE_URL.startswith("https://")
NAMED_HOSTS = env.each(
    "WEBCHAT_ALLOWED_HOSTS",
    environment.host,
    "host names without port or *, separated by commas, such as chat.lan,10.0.0.5",
)
_MACHINE = socket.gethostname().lower()
if HOST in ("0.0.0.0", "::") and not NAMED_HOSTS and not BASE_URL:  # noqa: S104
    raise WrongSetting(
        f"WEBCHAT_HOST={HOST} opens the chat to the network, where it has no allowed name; "
        f"add to .env the name that people type: WEBCHAT_ALLOWED_HOSTS={_MACHINE}"
    )
ALLOWED_HOSTS = ["localhost", "127.0.0.1", "[::1]", *NAMED_HOSTS]
if HOST not in ("0.0.0.0", "::"):  # noqa: S104
    ALLOWED_HOSTS.append(f"[{HOST}]" if ":" in HOST else HOST)
if _origin and _origin.hostname:
    ALLOWED_HOSTS.append(f"[{_origin.hostname}]" if ":" in _origin.hostname else _origin.hostname)
CSRF_TRUSTED_ORIGINS = [BASE_URL] if BASE_URL else []
TRUSTED_PROXIES = env.each(
    "WEBCHAT_TRUSTED_PROXIES",
    environment.network,
    "addresses or networks, separated by commas, such as 127.0.0.1,10.0.0.0/8",
)

# Where things are kept

_database_url = env.secret("WEBCHAT_DATABASE_URL")
_redis_url = env.secret("WEBCHAT_REDIS_URL")
WORKER = env.choice("WEBCHAT_WORKER", "embedded", ("embedded", "separate"))
if WORKER == "separate" and not _redis_url:
    raise WrongSetting(
        "WEBCHAT_WORKER=separate needs a channel layer that processes share; "
        "set WEBCHAT_REDIS_URL as well, or leave WEBCHAT_WORKER at embedded."
    )
_database = stores.postgres(_database_url) if _database_url else stores.sqlite(DATA_DIR)
DATABASES = {"default": _database}
ON_POSTGRES = bool(_database_url)
# No channel_capacity in memory: channels 4.3 crashes on it.
_in_memory: dict[str, Any] = {
    "BACKEND": "webchat.layer.MemoryLayer",
    "CONFIG": {"capacity": 5000},
}
CHANNEL_LAYERS = {"default": stores.redis_layer(_redis_url) if _redis_url else _in_memory}
_local_cache = {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
CACHES = {"default": stores.redis_cache(_redis_url) if _redis_url else _local_cache}
FILE_UPLOAD_TEMP_DIR = DATA_DIR
DATA_UPLOAD_MAX_MEMORY_SIZE = 10 * 1024**2  # without files; the rest of limits.py is on disk

# Ollama

_ollama_host = env.text("OLLAMA_HOST")
OLLAMA_URLS = env.each(
    "WEBCHAT_OLLAMA_URL",
    normal,
    "one or several addresses, separated by commas, such as http://127.0.0.1:11434",
)
OLLAMA_NAMED = bool(OLLAMA_URLS or _ollama_host)  # else the practice server may step in
OLLAMA_URLS = OLLAMA_URLS or [
    environment.parsed("OLLAMA_HOST", _ollama_host, from_ollama_host, "an address, as for Ollama")
]
OLLAMA_SLOTS = env.number("WEBCHAT_OLLAMA_SLOTS", 1, least=1, most=1000)
ALLOW_REMOTE_MODELS = env.flag("WEBCHAT_ALLOW_REMOTE_MODELS")
TITLES = env.flag("WEBCHAT_TITLES", default=True)
# Host to scheme. A name of a model can carry a host, and Ollama would ask whatever stands there.
REGISTRIES = dict(
    env.each(
        "WEBCHAT_REGISTRIES",
        environment.registry,
        "hosts of registries, separated by commas, such as registry.ollama.ai,hf.co; one that "
        "speaks plain http as http://registry.lan:5000",
    )
) or {"registry.ollama.ai": "https"}
SERVER_JOBS = env.number("WEBCHAT_SERVER_JOBS", 2, least=1, most=100)
# Bytes of one upload for a model; the largest that anybody runs have some hundred GB.
LARGEST_UPLOAD = env.number("WEBCHAT_LARGEST_UPLOAD", 200, least=1, most=100_000) * 10**9

# The first administrator

ADMIN_USERNAME = env.text("WEBCHAT_ADMIN_USERNAME")
ADMIN_PASSWORD = env.secret("WEBCHAT_ADMIN_PASSWORD")
if bool(ADMIN_USERNAME) != bool(ADMIN_PASSWORD):
    _there, _missing = ("USERNAME", "PASSWORD") if ADMIN_USERNAME else ("PASSWORD", "USERNAME")
    raise WrongSetting(
        f"WEBCHAT_ADMIN_{_there} is set without WEBCHAT_ADMIN_{_missing}; set both or neither."
    )

# Which real servers the tests may use

LIVE_OLLAMA = env.text("WEBCHAT_LIVE_OLLAMA")
LIVE_REGISTRY = env.text("WEBCHAT_LIVE_REGISTRY")
LIVE_GGUF = env.text("WEBCHAT_LIVE_GGUF")
LIVE_VISION = env.text("WEBCHAT_LIVE_VISION")

env.finish()

# Django

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_htmx",
    "channels",
    "accounts",
    "inference",
    "chat",
    "models_admin",
    "webchat",
]
MIDDLEWARE = [
    "webchat.headers.HeadersMiddleware",
    "webchat.compression.CompressionMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "accounts.middleware.as_the_person_has_it",
    "webchat.errors.in_words",
]
ROOT_URLCONF = "webchat.urls"
ASGI_APPLICATION = "webchat.asgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ = True
TIME_ZONE = "UTC"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {
            # Without DEBUG, Django keeps the compiled templates.
            "loaders": ["django.template.loaders.filesystem.Loader"] if DEBUG else None,
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    }
]

# Languages

USE_I18N = True
LANGUAGE_CODE = "en"
LANGUAGES = [
    ("en", "English"),
    ("de", "Deutsch"),
    ("es", "español"),
    ("fr", "français"),
    ("ja", "日本語"),
    ("pt", "Português"),
]
LOCALE_PATHS = [BASE_DIR / "locale"]
LANGUAGE_COOKIE_NAME = "webchat_language"
LANGUAGE_COOKIE_SAMESITE = "Lax"

# Static files: joined, hashed and compressed in memory (assets.py), so there is nothing to collect

STATIC_URL = "/static/"
STATICFILES_FINDERS: list[str] = []
STORAGES = {
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": DATA_DIR / "uploads"},
    },
    "staticfiles": {"BACKEND": "webchat.assets.Storage"},
}

# Signing in, and cookies. Over plain http browsers drop those that are Secure or named __Host-.

AUTH_USER_MODEL = "accounts.Person"
AUTHENTICATION_BACKENDS = ["accounts.backends.ByUsername"]
LOGIN_URL = "accounts:sign_in"
LOGIN_REDIRECT_URL = "/"
PASSWORD_HASHERS = ["accounts.hashers.LightArgon2"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
    )
]
SESSION_ENGINE = "accounts.session_store"
_cookie = "__Host-webchat" if SECURE else "webchat"
SESSION_COOKIE_NAME = f"{_cookie}_session"
SESSION_COOKIE_SECURE = SECURE
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_NAME = f"{_cookie}_csrf"
CSRF_COOKIE_SECURE = SECURE
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "webchat.errors.csrf_failure"
HSTS_S = 365 * 24 * 3600 if SECURE else 0

# Logs: never a query string, a search term or a token

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"no_secrets": {"()": "webchat.logs.NoSecrets"}},
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "formatter": "line",
            "filters": ["no_secrets"],
        }
    },
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {
        "django": {"handlers": [], "level": "WARNING", "propagate": True},
        # A name that nobody allowed is refused with 400; scanners would fill the log with it.
        "django.security.DisallowedHost": {"level": "CRITICAL"},
        **{name: {"level": "INFO"} for name in ("webchat", "accounts", "inference", "chat")},
    },
}
