"""Settings from the environment."""

import re
from pathlib import Path

import pytest

from booking import files
from booking.config import AuthSettings, Settings, audit_secrets, database_urls, known_settings
from booking.config.variables import SECRETS, ConfigurationError, secrets_changed

SECRET = "s" * 32
LEAST = {
    "DATABASE_URL": "postgresql://app:secret@db/booking",
    "BOOKING_AUTH_HS256_SECRET": SECRET,
    "BOOKING_AUDIT_SECRET": SECRET,
}


def test_the_least_environment_gives_the_usual_settings() -> None:
    assert Settings.read(LEAST | {"BOOKING_LOG_FORMAT": "json"}) == Settings(
        database_url="postgresql://app:secret@db/booking",
        migration_database_url="postgresql://app:secret@db/booking",
        auth=AuthSettings(hs256_secret=SECRET, audience="authenticated", trust_email=False),
        audit_secret=SECRET,
        http_host="127.0.0.1",
        http_port=8000,
        workers=1,
        sqs_queue_url=None,
        cors_origins=(),
        log_level="info",
        log_format="json",
    )


def test_every_setting_is_read() -> None:
    assert Settings.read(
        {
            "DATABASE_URL": "postgres://app@db/booking",
            "BOOKING_MIGRATION_DATABASE_URL": "postgresql+asyncpg://owner@db/booking",
            "BOOKING_HTTP_HOST": "0.0.0.0",
            "BOOKING_HTTP_PORT": "80",
            "BOOKING_WORKERS": "4",
            "BOOKING_AUTH_JWKS_URL": "https://issuer.example.com/jwks.json",
            "BOOKING_AUTH_ISSUER": "https://issuer.example.com",
            "BOOKING_AUTH_AUDIENCE": "estate",
            "BOOKING_AUTH_TRUST_EMAIL": "TRUE",
            "BOOKING_AUDIT_SECRET": SECRET,
            "BOOKING_SQS_QUEUE_URL": "https://sqs.example.com/1/q",
            "BOOKING_CORS_ORIGINS": "https://a.example.com, http://localhost:3000/",
            "BOOKING_LIMIT_WRITES": "0",
            "BOOKING_LOG_LEVEL": "WARNING",
            "BOOKING_LOG_FORMAT": "console",
        }
    ) == Settings(
        database_url="postgresql://app@db/booking",
        migration_database_url="postgresql://owner@db/booking",
        auth=AuthSettings(
            jwks_url="https://issuer.example.com/jwks.json",
            issuer="https://issuer.example.com",
            audience="estate",
            trust_email=True,
        ),
        audit_secret=SECRET,
        http_host="0.0.0.0",
        http_port=80,
        workers=4,
        sqs_queue_url="https://sqs.example.com/1/q",
        cors_origins=("https://a.example.com", "http://localhost:3000"),
        writes_limit=0,
        log_level="warning",
        log_format="console",
    )


def test_every_fault_is_named_at_once_and_no_value_is_shown() -> None:
    with pytest.raises(ConfigurationError) as told:
        Settings.read(
            {
                "DATABASE_URL": "mysql://hidden",
                "BOOKING_MIGRATION_DATABASE_URL": "hidden",
                "BOOKING_HTTP_PORT": "hidden",
                "BOOKING_WORKERS": "0",
                "BOOKING_AUTH_HS256_SECRET": "hidden",
                "BOOKING_AUTH_HS256_SECRETS_BEFORE": f"{SECRET} hidden",
                "BOOKING_AUTH_JWKS_URL": "http://issuer.example.com/hidden",
                "BOOKING_AUTH_TRUST_EMAIL": "hidden",
                "BOOKING_AUDIT_SECRET": "hidden",
                "BOOKING_SQS_QUEUE_URL": "hidden",
                "BOOKING_CORS_ORIGINS": "*, hidden",
                "BOOKING_LOG_LEVEL": "hidden",
                "BOOKING_LOG_FORMAT": "hidden",
            }
        )
    message = str(told.value)
    for name in (
        "DATABASE_URL",
        "BOOKING_MIGRATION_DATABASE_URL",
        "BOOKING_HTTP_PORT",
        "BOOKING_WORKERS",
        "BOOKING_AUTH_HS256_SECRETS_BEFORE must have at least 32 bytes in each secret",
        "BOOKING_AUTH_HS256_SECRET must have at least 32 bytes",
        "BOOKING_AUTH_JWKS_URL must be https://",
        "BOOKING_AUTH_TRUST_EMAIL",
        "BOOKING_AUDIT_SECRET must have at least 32 bytes",
        "BOOKING_SQS_QUEUE_URL",
        "BOOKING_CORS_ORIGINS",
        "BOOKING_LOG_LEVEL",
        "BOOKING_LOG_FORMAT",
    ):
        assert name in message
    assert "hidden" not in message


def test_a_public_key_is_no_secret() -> None:
    with pytest.raises(ConfigurationError, match="PEM"):
        Settings.read(LEAST | {"BOOKING_AUTH_HS256_SECRET": "-----BEGIN PUBLIC KEY-----" + SECRET})


def test_an_issuer_is_needed_and_an_empty_variable_is_none() -> None:
    for environment in ({}, {"BOOKING_AUTH_HS256_SECRETS_BEFORE": SECRET}):
        with pytest.raises(ConfigurationError, match="BOOKING_AUTH_HS256_SECRET, BOOKING_AUTH_JWKS_URL or both"):
            Settings.read(LEAST | {"BOOKING_AUTH_HS256_SECRET": " "} | environment)


def test_former_secrets_stand_between_white_space_and_the_newest_is_never_split() -> None:
    former = ["a" * 32, "b,;" * 12, "c" * 40]
    auth = Settings.read(
        LEAST
        | {"BOOKING_AUTH_HS256_SECRET": f"{SECRET} {SECRET}", "BOOKING_AUTH_JWKS_URL": "https://issuer.example.com/k"}
        | {"BOOKING_AUTH_HS256_SECRETS_BEFORE": f"  {former[0]} \t{former[1]}\n{former[2]}\n"}
    ).auth
    assert (auth.hs256_secret, auth.hs256_secrets_before) == (f"{SECRET} {SECRET}", tuple(former))
    assert auth.jwks_url == "https://issuer.example.com/k"
    assert not [secret for secret in (SECRET, *former) if secret in repr(auth)]


def test_a_jwks_on_the_loopback_needs_no_tls() -> None:
    environment = {**LEAST, "BOOKING_AUTH_HS256_SECRET": "", "BOOKING_AUTH_JWKS_URL": "http://127.0.0.1:9/jwks"}
    assert Settings.read(environment).auth.jwks_url == "http://127.0.0.1:9/jwks"


def test_secrets_are_not_shown() -> None:
    assert "secret" not in repr(Settings.read(LEAST)).replace("hs256_secrets", "").replace("hs256_secret", "").replace(
        "audit_secret", ""
    )
    assert SECRET not in repr(Settings.read(LEAST))


def test_the_database_commands_need_only_the_database() -> None:
    assert database_urls({"DATABASE_URL": "postgres://a@b/c"}) == ("postgresql://a@b/c", "postgresql://a@b/c")
    owner = {"BOOKING_MIGRATION_DATABASE_URL": "postgres://o@b/c"}
    assert database_urls(owner | {"DATABASE_URL": "postgres://a@b/c"}) == ("postgresql://a@b/c", "postgresql://o@b/c")
    for environment in ({}, {"DATABASE_URL": "x"}):
        with pytest.raises(ConfigurationError, match="DATABASE_URL"):
            database_urls(environment)


@pytest.mark.parametrize("password", ["12/34", "12?34", "12#34", "x/34", "x?34", "x#34"])
def test_a_password_that_would_be_taken_for_something_else_is_refused_and_not_shown(password: str) -> None:
    for place in ("db/booking", "db:5432/booking?sslmode=require"):
        with pytest.raises(ConfigurationError, match="write / ") as told:
            database_urls({"DATABASE_URL": f"postgresql://app:{password}@{place}"})
        assert "34" not in str(told.value)


def test_a_password_may_have_an_at_sign_and_a_parameter_too() -> None:
    for url in ("postgresql://app:a@b@db/booking", "postgresql://db/booking?user=app@server"):
        assert database_urls({"DATABASE_URL": url})[0] == url


def test_verifying_needs_only_the_secret_of_the_audit() -> None:
    assert audit_secrets({"BOOKING_AUDIT_SECRET": SECRET}) == (SECRET,)
    for environment in ({}, {"BOOKING_AUDIT_SECRET": "short"}):
        with pytest.raises(ConfigurationError, match="BOOKING_AUDIT_SECRET"):
            audit_secrets(environment)


def test_former_secrets_of_the_audit_are_separated_by_white_space_and_the_newest_is_never_split() -> None:
    newest, former, first = "new " * 8 + "secret", "f" * 32, "1" * 32
    given = {"BOOKING_AUDIT_SECRET": newest, "BOOKING_AUDIT_SECRETS_BEFORE": f"  {former}\n\t{first} "}
    assert audit_secrets(given) == (newest, former, first)
    settings = Settings.read(LEAST | given)
    assert (settings.audit_secret, settings.audit_secrets_before) == (newest, (former, first))
    assert former not in repr(settings)
    for read in (Settings.read, audit_secrets):
        with pytest.raises(ConfigurationError) as told:
            read(LEAST | {"BOOKING_AUDIT_SECRETS_BEFORE": f"{former} short"})
        assert "BOOKING_AUDIT_SECRETS_BEFORE must have at least 32 bytes in each secret" in str(told.value)
        assert former not in str(told.value)


def test_secrets_may_be_in_files(tmp_path: Path) -> None:
    kept = {name: tmp_path / name.lower() for name in LEAST}
    for name, file in kept.items():
        file.write_text(f"{LEAST[name]}\n", encoding="utf-8")
    in_files = {f"{name}_FILE": str(file) for name, file in kept.items()}
    assert Settings.read(in_files | {"BOOKING_LOG_FORMAT": "json"}) == Settings.read(
        LEAST | {"BOOKING_LOG_FORMAT": "json"}
    )
    assert secrets_changed(in_files) == {name: file.stat().st_mtime for name, file in kept.items()}


def test_a_secret_that_is_set_twice_or_whose_file_is_not_there_or_empty_is_told_without_a_word_of_it(
    tmp_path: Path,
) -> None:
    empty = tmp_path / "empty"
    empty.write_text(" \n", encoding="utf-8")
    given = {
        **LEAST,
        "BOOKING_AUDIT_SECRET_FILE": str(tmp_path / "gone"),
        "BOOKING_SECRETS_KEY_FILE": str(empty),
        "BOOKING_WHATSAPP_TOKEN_FILE": str(tmp_path),
    }
    with pytest.raises(ConfigurationError) as refused:
        Settings.read(given)
    assert refused.value.faults[:5] == [
        "BOOKING_WHATSAPP_TOKEN_FILE names a file that cannot be read",
        "BOOKING_AUDIT_SECRET and BOOKING_AUDIT_SECRET_FILE are both set: leave one of them out",
        "BOOKING_AUDIT_SECRET_FILE names a file that cannot be read",
        "BOOKING_AUDIT_SECRET is required",
        "BOOKING_SECRETS_KEY_FILE names an empty file",
    ]
    assert SECRET not in str(refused.value)


def test_each_variable_that_is_read_as_a_secret_may_be_in_a_file() -> None:
    program = "".join(file.read_text(encoding="utf-8") for file in files.path("src/booking/config").glob("*.py"))
    read = set(re.findall(r'\.(?:secrets?|postgres)\("([A-Z0-9_]+)"', program))
    assert read <= set(SECRETS)
    assert {f"{name}_FILE" for name in SECRETS} <= known_settings(LEAST)
