"""Credentials of a usual form don't get into what is kept; everything else does."""

import pytest

from swarmscope.redaction import redact


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("GET https://bob:hunter2@shop/a", "GET https://***@shop/a"),
        ("redis://:hunter2@cache:6379/0 is away", "redis://***@cache:6379/0 is away"),
        ("/login?user=bob&password=hunter2&page=2", "/login?user=bob&password=***&page=2"),
        ("/a?access_token=hunter2", "/a?access_token=***"),
        ("/a?X-Api-Key=hunter2#x", "/a?X-Api-Key=***"),
        ("/go?next=%2Fa%3Ftoken%3Dhunter2", "/go?next=%2Fa%3Ftoken%3D***"),
        ('refused: client_secret = "hunter2"', 'refused: client_secret = "***"'),
        ("401 for Authorization: Bearer hunter2.x-y_z", "401 for Authorization: Bearer ***"),
        ("Basic aHVudGVyMjpodW50ZXIy was refused", "Basic *** was refused"),
    ],
)
def test_what_looks_like_a_credential_is_left_out(text: str, kept: str):
    assert redact(text) == kept


@pytest.mark.parametrize(
    "text",
    [
        "",
        "/products/[id]?page=2&sort=price",
        "the token has expired",
        "mail to bob@example.org bounced",
        "author=bob",
        "a basic error, the bearer left",
        "https://shop/@bob",
    ],
)
def test_everything_else_stays(text: str):
    assert redact(text) == text
