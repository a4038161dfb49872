import stat
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.webchat.settings_reader import read
from webchat import stores
from webchat.environment import WrongSetting

LONG = "k" * 40
EVERYWHERE = "0.0.0.0"  # noqa: S104
POSTGRES = "postgresql://ann:p%40ss@db:5433/chat?sslmode=require"


@pytest.mark.parametrize(
    ("name", "value", "setting", "expected"),
    [
        ("WEBCHAT_HOST", "192.168.1.5", "HOST", "192.168.1.5"),
        ("WEBCHAT_HOST", "[::1]", "HOST", "::1"),
        ("WEBCHAT_PORT", "8123", "PORT", 8123),
        ("WEBCHAT_PORT", "0", "PORT", 0),
        ("WEBCHAT_SECRET_KEY", LONG, "SECRET_KEY", LONG),
        ("WEBCHAT_BASE_URL", "https://Chat.example.com/", "BASE_URL", "https://chat.example.com"),
        ("WEBCHAT_BASE_URL", "http://chat.lan:8080", "BASE_URL", "http://chat.lan:8080"),
        (
            "WEBCHAT_OLLAMA_URL",
            "http://a:1, http://b:2/",
            "OLLAMA_URLS",
            ["http://a:1", "http://b:2"],
        ),
        ("OLLAMA_HOST", "0.0.0.0:1234", "OLLAMA_URLS", ["http://127.0.0.1:1234"]),
        ("WEBCHAT_OLLAMA_SLOTS", "4", "OLLAMA_SLOTS", 4),
        ("WEBCHAT_ALLOW_REMOTE_MODELS", "Yes", "ALLOW_REMOTE_MODELS", True),
        ("WEBCHAT_TITLES", "no", "TITLES", False),
        (
            "WEBCHAT_REGISTRIES",
            "HF.co, http://registry.lan:5000",
            "REGISTRIES",
            {"hf.co": "https", "registry.lan:5000": "http"},
        ),
        ("WEBCHAT_SERVER_JOBS", "4", "SERVER_JOBS", 4),
        ("WEBCHAT_LARGEST_UPLOAD", "5", "LARGEST_UPLOAD", 5_000_000_000),
        ("WEBCHAT_DEBUG", "on", "DEBUG", True),
        ("WEBCHAT_DEBUG", "0", "DEBUG", False),
        ("WEBCHAT_WORKER", "embedded", "WORKER", "embedded"),
        ("WEBCHAT_LIVE_OLLAMA", "http://127.0.0.1:1", "LIVE_OLLAMA", "http://127.0.0.1:1"),
        ("WEBCHAT_LIVE_REGISTRY", "http://127.0.0.1:2", "LIVE_REGISTRY", "http://127.0.0.1:2"),
        ("WEBCHAT_LIVE_GGUF", "/models/pip.gguf", "LIVE_GGUF", "/models/pip.gguf"),
        ("WEBCHAT_LIVE_VISION", "owl:latest", "LIVE_VISION", "owl:latest"),
    ],
)
def test_reads_a_good_value(tmp_path, name, value, setting, expected):
    assert read(tmp_path, **{name: value})[setting] == expected


@pytest.mark.parametrize(
    ("name", "value", "allowed"),
    [
        ("WEBCHAT_PORT", "http", "a whole number from 0 to 65535"),
        ("WEBCHAT_PORT", "65536", "a whole number from 0 to 65535"),
        ("WEBCHAT_PORT", "-1", "a whole number from 0 to 65535"),
        ("WEBCHAT_DEBUG", "maybe", "yes or no"),
        ("WEBCHAT_ALLOW_REMOTE_MODELS", "2", "yes or no"),
        ("WEBCHAT_TITLES", "never", "yes or no"),
        ("WEBCHAT_OLLAMA_SLOTS", "0", "a whole number from 1 to 1000"),
        ("WEBCHAT_REGISTRIES", "*", "hosts of registries"),
        ("WEBCHAT_REGISTRIES", "ftp://registry.lan", "hosts of registries"),
        ("WEBCHAT_REGISTRIES", "registry.lan/team", "hosts of registries"),
        ("WEBCHAT_SERVER_JOBS", "0", "a whole number from 1 to 100"),
        ("WEBCHAT_WORKER", "both", "embedded or separate"),
        ("WEBCHAT_BASE_URL", "chat.lan", "such as https://chat.example.com"),
        ("WEBCHAT_BASE_URL", "https://chat.lan/team", "without a path"),
        ("WEBCHAT_BASE_URL", "https://chat.lan:99999", "without a path"),
        ("WEBCHAT_BASE_URL", "https://ann:secret@chat.lan", "without a path"),
        ("WEBCHAT_ALLOWED_HOSTS", "*", "such as chat.lan,10.0.0.5"),
        ("WEBCHAT_ALLOWED_HOSTS", "chat.lan:8000", "host names without port"),
        ("WEBCHAT_TRUSTED_PROXIES", "proxy.lan", "such as 127.0.0.1,10.0.0.0/8"),
        ("WEBCHAT_TRUSTED_PROXIES", "10.0.0.1/8", "such as 127.0.0.1,10.0.0.0/8"),
        ("WEBCHAT_OLLAMA_URL", "gpu.lan:11434", "such as http://127.0.0.1:11434"),
        ("OLLAMA_HOST", "ftp://gpu.lan", "an address, as for Ollama"),
    ],
)
def test_a_wrong_value_is_named_with_what_is_allowed(tmp_path, name, value, allowed):
    with pytest.raises(WrongSetting) as stop:
        read(tmp_path, **{name: value})
    sentence = str(stop.value)
    assert sentence.startswith(f"{name}={value} is not allowed; it must be ")
    assert allowed in sentence
    assert "\n" not in sentence


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("WEBCHAT_OLLAMA_URLS", "WEBCHAT_OLLAMA_URL"),
        ("WEBCHAT_DATABASE", "WEBCHAT_DATABASE_URL"),
        ("WEBCHAT_HOSTS", "WEBCHAT_HOST"),
        ("WEBCHAT_SECRET_KEY_FIEL", "WEBCHAT_SECRET_KEY_FILE"),
    ],
)
def test_an_unknown_name_is_answered_with_the_nearest(tmp_path, typed, meant):
    with pytest.raises(WrongSetting, match=rf"^{typed} is not .* did you mean {meant}\?$"):
        read(tmp_path, **{typed: "x"})


def test_an_unknown_name_without_a_near_one_points_to_the_readme(tmp_path):
    with pytest.raises(WrongSetting, match="README"):
        read(tmp_path, WEBCHAT_QQQQQQQQQQQQQQQQQQQQQQQQQQQQQ="x")


def test_a_variable_set_to_nothing_counts_as_not_set(tmp_path):
    assert read(tmp_path, WEBCHAT_PORT="", WEBCHAT_DEBUG=" ")["PORT"] == 8000


@pytest.mark.parametrize(
    ("name", "value", "setting"),
    [
        ("WEBCHAT_SECRET_KEY", LONG, "SECRET_KEY"),
        ("WEBCHAT_DATABASE_URL", POSTGRES, "DATABASES"),
        ("WEBCHAT_REDIS_URL", "redis://r/1", "CHANNEL_LAYERS"),
        ("WEBCHAT_ADMIN_PASSWORD", "correct horse", "ADMIN_PASSWORD"),
    ],
)
def test_a_secret_may_stand_in_a_file(tmp_path, name, value, setting):
    file = tmp_path / "secret"
    file.write_text(f"{value}\n")
    others = {"WEBCHAT_ADMIN_USERNAME": "ann"} if "ADMIN" in name else {}
    from_file = read(tmp_path, **{f"{name}_FILE": str(file)}, **others)
    assert from_file[setting] == read(tmp_path, **{name: value}, **others)[setting]


def test_a_secret_and_its_file_together_are_one_too_many(tmp_path):
    with pytest.raises(WrongSetting, match="WEBCHAT_SECRET_KEY_FILE are both set"):
        read(tmp_path, WEBCHAT_SECRET_KEY=LONG, WEBCHAT_SECRET_KEY_FILE="x")


def test_a_secret_file_that_is_missing_is_named(tmp_path):
    with pytest.raises(WrongSetting, match="WEBCHAT_REDIS_URL_FILE=/no/file cannot be read"):
        read(tmp_path, WEBCHAT_REDIS_URL_FILE="/no/file")


def test_an_empty_secret_file_is_named(tmp_path):
    (tmp_path / "empty").touch()
    with pytest.raises(WrongSetting, match="is empty"):
        read(tmp_path, WEBCHAT_ADMIN_PASSWORD_FILE=str(tmp_path / "empty"))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("WEBCHAT_SECRET_KEY", "hunter2"),
        ("WEBCHAT_DATABASE_URL", "mysql://ann:hunter2@db/chat"),
        ("WEBCHAT_DATABASE_URL", "postgresql://ann:hunter2@db/"),
        ("WEBCHAT_DATABASE_URL", "postgresql://ann:hunter2@db:port/chat"),
        ("WEBCHAT_REDIS_URL", "http://ann:hunter2@r"),
        ("WEBCHAT_REDIS_URL", "redis://ann:hunter2@r:port"),
    ],
)
def test_no_sentence_shows_a_secret(tmp_path, name, value):
    with pytest.raises(WrongSetting) as stop:
        read(tmp_path, **{name: value})
    assert str(stop.value).startswith(name)
    assert "hunter2" not in str(stop.value)


def test_env_file_is_read_beneath_the_environment(tmp_path):
    file = tmp_path / "own.env"
    file.write_text("WEBCHAT_PORT=1\nexport WEBCHAT_HOST='127.0.0.2'\n# a comment\nOTHER=x\n")
    settings = read(tmp_path, WEBCHAT_ENV_FILE=str(file), WEBCHAT_PORT="2")
    assert (settings["HOST"], settings["PORT"]) == ("127.0.0.2", 2)


def test_env_file_may_hold_a_dollar_sign(tmp_path):
    file = tmp_path / "own.env"
    file.write_text(f"WEBCHAT_SECRET_KEY={LONG}${{HOME}}$x\n")
    assert read(tmp_path, WEBCHAT_ENV_FILE=str(file))["SECRET_KEY"] == f"{LONG}${{HOME}}$x"


def test_env_file_is_held_to_the_same_names(tmp_path):
    file = tmp_path / "own.env"
    file.write_text("WEBCHAT_PROT=1\n")
    with pytest.raises(WrongSetting, match=r"did you mean WEBCHAT_PORT\?"):
        read(tmp_path, WEBCHAT_ENV_FILE=str(file))


def test_a_line_of_the_env_file_without_a_value_is_named(tmp_path):
    file = tmp_path / "own.env"
    file.write_text("WEBCHAT_DEBUG\n")
    with pytest.raises(WrongSetting, match="WEBCHAT_DEBUG has no value"):
        read(tmp_path, WEBCHAT_ENV_FILE=str(file))


def test_an_env_file_that_is_missing_is_named(tmp_path):
    with pytest.raises(WrongSetting, match="WEBCHAT_ENV_FILE=/no/file is no file"):
        read(tmp_path, WEBCHAT_ENV_FILE="/no/file")


# What follows from the address


def test_an_https_address_makes_cookies_secure(tmp_path):
    settings = read(tmp_path, WEBCHAT_BASE_URL="https://chat.example.com:8443")
    assert "chat.example.com" in settings["ALLOWED_HOSTS"]
    assert settings["CSRF_TRUSTED_ORIGINS"] == ["https://chat.example.com:8443"]
    assert settings["SESSION_COOKIE_SECURE"] is settings["CSRF_COOKIE_SECURE"] is True
    assert settings["SESSION_COOKIE_NAME"].startswith("__Host-")
    assert settings["HSTS_S"] >= 31536000


def test_a_plain_address_keeps_cookies_that_browsers_take(tmp_path):
    settings = read(tmp_path, WEBCHAT_BASE_URL="http://chat.lan")
    assert settings["SESSION_COOKIE_SECURE"] is settings["CSRF_COOKIE_SECURE"] is False
    assert not settings["SESSION_COOKIE_NAME"].startswith("__")
    assert settings["HSTS_S"] == 0


@pytest.mark.parametrize("host", [EVERYWHERE, "::"])
def test_open_to_the_network_needs_a_name(tmp_path, host):
    with pytest.raises(WrongSetting, match=r"add to \.env .*: WEBCHAT_ALLOWED_HOSTS=\S+$"):
        read(tmp_path, WEBCHAT_HOST=host)


@pytest.mark.parametrize(
    ("name", "value"),
    [("WEBCHAT_ALLOWED_HOSTS", "chat.lan"), ("WEBCHAT_BASE_URL", "http://chat.lan")],
)
def test_open_to_the_network_with_a_name(tmp_path, name, value):
    settings = read(tmp_path, WEBCHAT_HOST=EVERYWHERE, **{name: value})
    assert settings["ALLOWED_HOSTS"] == ["localhost", "127.0.0.1", "[::1]", "chat.lan"]


def test_an_address_to_listen_on_is_an_allowed_host(tmp_path):
    assert "192.168.1.5" in read(tmp_path, WEBCHAT_HOST="192.168.1.5")["ALLOWED_HOSTS"]


def test_proxies_are_addresses_or_networks(tmp_path):
    found = read(tmp_path, WEBCHAT_TRUSTED_PROXIES="127.0.0.1, 10.0.0.0/8, ::1")["TRUSTED_PROXIES"]
    assert [str(network) for network in found] == ["127.0.0.1/32", "10.0.0.0/8", "::1/128"]


# Where things are kept


def test_sqlite_takes_its_lock_at_the_beginning(tmp_path):
    database = read(tmp_path)["DATABASES"]["default"]
    assert database["NAME"] == tmp_path / "webchat.sqlite3"
    assert database["OPTIONS"]["transaction_mode"] == "IMMEDIATE"
    assert database["OPTIONS"]["timeout"] == 20


def test_postgresql_through_a_pool_that_checks(tmp_path):
    database = read(tmp_path, WEBCHAT_DATABASE_URL=POSTGRES)["DATABASES"]["default"]
    place = {name: database[name] for name in ("NAME", "USER", "PASSWORD", "HOST", "PORT")}
    assert place == {
        "NAME": "chat",
        "USER": "ann",
        "PASSWORD": "p@ss",
        "HOST": "db",
        "PORT": "5433",
    }
    assert database["CONN_HEALTH_CHECKS"] is True
    assert database["CONN_MAX_AGE"] == 0
    assert database["OPTIONS"]["sslmode"] == "require"
    assert database["OPTIONS"]["pool"]["max_size"] >= 4
    assert database["OPTIONS"]["pool"]["reconnect_timeout"] <= 5  # s, that it may stay away longer


def test_postgresql_by_a_unix_socket(tmp_path):
    url = "postgresql:///chat?host=/run/postgresql"
    database = read(tmp_path, WEBCHAT_DATABASE_URL=url)["DATABASES"]["default"]
    assert (database["HOST"], database["NAME"]) == ("/run/postgresql", "chat")


def test_redis_waits_longer_than_an_idle_reader_blocks(tmp_path):
    layer = read(tmp_path, WEBCHAT_REDIS_URL="redis://r:1/2")["CHANNEL_LAYERS"]["default"]
    (host,) = layer["CONFIG"]["hosts"]
    assert host["address"] == "redis://r:1/2"
    assert 10 <= host["socket_timeout"] <= 15
    assert layer["CONFIG"]["capacity"] >= 5000


def test_the_layer_in_memory_has_no_capacity_by_channel(tmp_path):
    layer = read(tmp_path)["CHANNEL_LAYERS"]["default"]
    assert layer["BACKEND"].endswith("MemoryLayer")
    assert "channel_capacity" not in layer["CONFIG"]


def test_a_separate_worker_needs_redis(tmp_path):
    with pytest.raises(WrongSetting, match="set WEBCHAT_REDIS_URL as well"):
        read(tmp_path, WEBCHAT_WORKER="separate")


def test_a_separate_worker_with_redis(tmp_path):
    settings = read(tmp_path, WEBCHAT_WORKER="separate", WEBCHAT_REDIS_URL="redis://r")
    assert settings["WORKER"] == "separate"


def test_a_driver_that_is_not_installed_is_named(tmp_path, monkeypatch):
    monkeypatch.setattr(stores, "find_spec", lambda module: None)
    with pytest.raises(WrongSetting, match=r"WEBCHAT_REDIS_URL needs packages .*redis\.txt"):
        read(tmp_path, WEBCHAT_REDIS_URL="redis://r")


def test_the_data_folder_is_made_for_its_owner_alone(tmp_path):
    folder = tmp_path / "deep" / "data"
    read(tmp_path, WEBCHAT_DATA_DIR=str(folder))
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_a_data_folder_that_cannot_be_is_named(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(WrongSetting, match=r"^WEBCHAT_DATA_DIR=.*/file cannot be used \("):
        read(tmp_path, WEBCHAT_DATA_DIR=str(tmp_path / "file"))


def test_the_secret_key_is_made_once_for_its_owner_alone(tmp_path):
    key = read(tmp_path)["SECRET_KEY"]
    assert len(key) >= 50
    assert read(tmp_path)["SECRET_KEY"] == key
    assert stat.S_IMODE((tmp_path / "secret-key").stat().st_mode) == 0o600


def test_processes_that_start_at_once_get_one_key(tmp_path):
    with ThreadPoolExecutor(8) as pool:
        keys = set(pool.map(stores.secret_key, [tmp_path / "secret-key"] * 32))
    assert len(keys) == 1
    assert [file.name for file in tmp_path.iterdir()] == ["secret-key"]


def test_a_key_that_others_could_read_is_closed_to_them(tmp_path):
    file = tmp_path / "secret-key"
    file.write_text(LONG)
    file.chmod(0o644)
    assert read(tmp_path)["SECRET_KEY"] == LONG
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


# Ollama, and the first administrator


@pytest.mark.parametrize(
    ("variables", "named"),
    [
        ({}, False),
        ({"OLLAMA_HOST": "gpu"}, True),
        ({"WEBCHAT_OLLAMA_URL": "http://gpu:11434"}, True),
    ],
)
def test_tells_whether_a_variable_names_a_server(tmp_path, variables, named):
    assert read(tmp_path, **variables)["OLLAMA_NAMED"] is named


def test_without_a_name_ollama_is_where_it_usually_is(tmp_path):
    assert read(tmp_path)["OLLAMA_URLS"] == ["http://127.0.0.1:11434"]


def test_our_own_variable_goes_before_ollamas(tmp_path):
    settings = read(tmp_path, WEBCHAT_OLLAMA_URL="http://a:1", OLLAMA_HOST="b")
    assert settings["OLLAMA_URLS"] == ["http://a:1"]


@pytest.mark.parametrize(("one", "other"), [("USERNAME", "PASSWORD"), ("PASSWORD", "USERNAME")])
def test_half_an_administrator_is_refused(tmp_path, one, other):
    with pytest.raises(WrongSetting, match=f"WEBCHAT_ADMIN_{one} is set without .*_{other}"):
        read(tmp_path, **{f"WEBCHAT_ADMIN_{one}": "ann"})
