"""Credentials: known by names or looks, and taken from variables."""

import pytest

from swarmscope.starter.credentials import (
    Credential,
    is_credential,
    is_header_of_one,
    without_credentials,
)

JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("Authorization", "x"),
        ("Proxy-Authorization", "Basic eDp5"),
        ("Cookie", "a=b"),
        ("X-Api-Key", "1"),
        ("X-CSRF-Token", "1"),
        ("apikey", "1"),
        ("key", "1"),
        ("sig", "1"),
        ("PHPSESSID", "1"),
        ("client_secret", "1"),
        ("X-Whatever", JWT),
        ("X-Whatever", "Bearer abcdefgh12345678"),
        ("X-Whatever", "8f14e45fceea167a5a36dedd4bea2543"),
    ],
)
def test_what_lets_somebody_in_is_known(name: str, value: str) -> None:
    assert is_header_of_one(name, value)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("Accept", "application/json"),
        ("Accept-Language", "de-DE,de;q=0.9,en;q=0.8"),
        ("Content-Type", "application/x-www-form-urlencoded; charset=utf-8"),
        ("X-Requested-With", "XMLHttpRequest"),
        ("X-Api-Version", "2026-01-02"),
        ("page", "12"),
        ("q", "spare part"),
        ("monkey", "1"),
    ],
)
def test_what_does_not_stays(name: str, value: str) -> None:
    assert not is_header_of_one(name, value)


def test_an_id_in_a_parameter_is_as_long_as_a_key_and_stays() -> None:
    assert not is_credential("asset", "8f14e45fceea167a5a36dedd4bea2543")
    assert is_credential("asset", JWT)
    assert is_credential("access_token", "1")
    assert not is_credential("author", "Ada")


def test_in_json_they_are_left_out_wherever_they_are() -> None:
    told = {"user": [{"password": "hunter2", "name": "Ada", "note": f"Bearer {JWT}"}], "token": ""}
    assert without_credentials(told) == {
        "user": [{"password": "***", "name": "Ada", "note": "Bearer ***"}],
        "token": "",
    }


@pytest.mark.parametrize(
    ("name", "variable"),
    [("X-Api-Key", "TARGET_X_API_KEY"), ("a'b\n=$(c)", "TARGET_A_B_C"), ("ключ", "TARGET_OTHER")],
)
def test_its_variable_is_a_name_that_a_shell_takes(name: str, variable: str) -> None:
    assert Credential("header", name).variable == variable
