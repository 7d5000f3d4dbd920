"""The program refuses to start on a contradiction, saying which."""

from pathlib import Path

import pytest

from app.config import SettingsContradict, read


def test_nothing_set_is_a_folder_under_var_and_the_embedded_database() -> None:
    settings = read({})
    assert settings.home == Path("var").absolute()
    assert settings.database_url is None
    assert settings.store_url == "folder"
    assert settings.public_url == "http://127.0.0.1:8000"


def test_a_home_that_is_named_by_nothing_is_not_the_folder_where_the_command_was_typed() -> None:
    assert read({"ERC_HOME": ""}).home == Path("var").absolute()


def test_a_sender_may_have_a_name() -> None:
    mail = read({"ERC_MAIL_HOST": "mail", "ERC_MAIL_FROM": "ERC Docket <docket@agency.example>"}).mail
    assert mail is not None
    assert mail.sender == "ERC Docket <docket@agency.example>"


def test_a_path_is_a_folder_store(tmp_path: Path) -> None:
    assert read({"ERC_STORE_URL": str(tmp_path)}).store_url == tmp_path.as_uri()


@pytest.mark.parametrize(
    ("environment", "named"),
    [
        ({"PORT": "eighty"}, "PORT"),
        ({"PORT": "0"}, "PORT"),
        ({"ERC_DATABASE_URL": "mysql://x"}, "ERC_DATABASE_URL"),
        ({"ERC_STORE_URL": "ftp://x"}, "ERC_STORE_URL"),
        ({"ERC_STORE_ENDPOINT": "http://x"}, "ERC_STORE_ENDPOINT"),
        ({"ERC_STORE_URL": "s3://bucket", "ERC_STORE_ACCESS_KEY": "a"}, "ERC_STORE_SECRET_KEY"),
        ({"ERC_MAIL_HOST": "mail"}, "ERC_MAIL_FROM"),
        ({"ERC_MAIL_FROM": "a@b"}, "ERC_MAIL_HOST"),
        ({"ERC_MAIL_HOST": "mail", "ERC_MAIL_FROM": "a@b", "ERC_MAIL_USER": "a"}, "ERC_MAIL_PASSWORD"),
        ({"ERC_MAIL_HOST": "mail", "ERC_MAIL_FROM": "a@b", "ERC_MAIL_STARTTLS": "yes"}, "ERC_MAIL_STARTTLS"),
        ({"ERC_MAIL_HOST": "mail:587", "ERC_MAIL_FROM": "a@b"}, "ERC_MAIL_PORT"),
        ({"ERC_MAIL_HOST": "smtp://mail", "ERC_MAIL_FROM": "a@b"}, "ERC_MAIL_HOST"),
        ({"ERC_MAIL_HOST": "mail", "ERC_MAIL_FROM": "@"}, "ERC_MAIL_FROM"),
        ({"ERC_MAIL_HOST": "mail", "ERC_MAIL_FROM": "a@b\nBcc: c@d"}, "ERC_MAIL_FROM"),
        ({"ERC_STORE_URL": "s3://"}, "ERC_STORE_URL"),
        ({"ERC_STORE_URL": "s3://bucket/folder"}, "ERC_STORE_URL"),
        ({"ERC_STORE_URL": "s3:bucket"}, "ERC_STORE_URL"),
        ({"ERC_STORE_URL": "file://host/folder"}, "ERC_STORE_URL"),
        ({"ERC_STORE_URL": "s3://bucket", "ERC_STORE_ENDPOINT": "localhost:8333"}, "ERC_STORE_ENDPOINT"),
        ({"ERC_DATABASE_URL": "postgresql://u@h:port/d"}, "ERC_DATABASE_URL"),
        ({"ERC_PUBLIC_URL": "erc.example"}, "ERC_PUBLIC_URL"),
        ({"ERC_PUBLIC_URL": "https://erc.example:99999"}, "ERC_PUBLIC_URL"),
        ({"ERC_PUBLIC_URL": "https://agency.example/erc"}, "ERC_PUBLIC_URL"),
        ({"ERC_UPLOAD_LIMIT_MB": "-1"}, "ERC_UPLOAD_LIMIT_MB"),
        ({"ERC_PROXIES": "yes"}, "ERC_PROXIES"),
    ],
)
def test_a_contradiction_is_refused_naming_the_setting(environment: dict[str, str], named: str) -> None:
    with pytest.raises(SettingsContradict, match=named):
        read(environment)


def test_a_postgresql_address_is_read_for_our_driver() -> None:
    assert read({"ERC_DATABASE_URL": "postgresql://u@h/d"}).database_url == "postgresql+psycopg://u@h/d"
