"""Credentials of a usual form don't get into what is kept; everything else does."""

import html
import json
from collections.abc import Callable
from urllib.parse import quote, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from swarmscope.line_protocol import kept
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
        # What response.failure(response.text) holds.
        ('{"access_token": "hunter2", "n": 3600}', '{"access_token": "***", "n": 3600}'),
        ('{"password":"hunter2","user":"bob"}', '{"password":"***","user":"bob"}'),
        ("{'password': 'hunter2', 'user': 'bob'}", "{'password': '***', 'user': 'bob'}"),
        ('{"a": "{\\"token\\": \\"hunter2\\"}"}', '{"a": "{\\"token\\": \\"***\\"}"}'),
        ('{"password": "hunt\\"er2", "n": 1}', '{"password": "***", "n": 1}'),
        ('{"clientSecret": 12345678}', '{"clientSecret": ***}'),
        ('{"token": ["hunter2", "hunter3"], "n": 1}', '{"token": ***, "n": 1}'),
        ('{\n  "apiKey":\n    "hunter2"\n}', '{\n  "apiKey":\n    "***"\n}'),
        ("{b'password': b'hunter2'}", "{b'password': b'***'}"),
        ("&quot;token&quot;:&quot;hunter2&quot;", "&quot;token&quot;:&quot;***&quot;"),
        ("<ns:Password>hunter2</ns:Password>", "<ns:Password>***</ns:Password>"),
        ('<input name="csrf_token" value="hunter2">', '<input name="csrf_token" value="***">'),
        ("user: bob\npassword: hunter2\nn: 1", "user: bob\npassword: ***\nn: 1"),
        ("refused: api-key: hunter2; retry", "refused: api-key: ***; retry"),
        # Headers.
        ("Authorization: Token hunter2 was refused", "Authorization: Token *** was refused"),
        ("{'Authorization': 'Token hunter2'}", "{'Authorization': 'Token ***'}"),
        ("Authorization: hunter2", "Authorization: ***"),
        ('-H "Authorization: Own hunter2hunter2" x', '-H "Authorization: ***" x'),
        ('Authorization: Digest username="bob", response="hunter2"', "Authorization: Digest ***"),
        ("Cookie: sid=hunter2; theme=dark", "Cookie: ***"),
        ("'Set-Cookie': 'sid=hunter2; Path=/'", "'Set-Cookie': '***'"),
        ("cookies={'sid': 'hunter2'}", "cookies=***"),
        ("[<Cookie sid=hunter2 for shop/>]", "[<Cookie sid=*** for shop/>]"),
        ("x-api-key: hunter2", "x-api-key: ***"),
        ("[('x-api-key', 'hunter2'), ('n', '1')]", "[('x-api-key', '***'), ('n', '1')]"),
        ("[(b'Cookie', b'sid=hunter2; a=b')]", "[(b'Cookie', b'***')]"),
        # URLs.
        ("https://bob:hun@ter2@shop/a", "https://***@shop/a"),
        ('"https:\\/\\/bob:hunter2@shop"', '"https:\\/\\/***@shop"'),
        ("?u=https%3A%2F%2Fbob%3Ahunter2%40shop", "?u=https%3A%2F%2F***%40shop"),
        ("/a?user%5Bpassword%5D=hunter2", "/a?user%5Bpassword%5D=***"),
        ("/a?token%3Dhunter2%26page%3D2", "/a?token%3D***%26page%3D2"),
        ("/maps?key=hunter2", "/maps?key=***"),
        ("Basic YsO2YjpnZWhlaW3DtA==", "Basic ***"),
        ("Basic YsO2YjpnZWhlaW3D", "Basic ***"),
        ("basic aHVudGVyMjo7PT8/Og== was refused", "basic *** was refused"),
        ("Basic%20aHVudGVyMjpodW50ZXI", "Basic%20***"),
        ("?a=Bearer+hunter2hunter2", "?a=Bearer+***"),
        # Without a name.
        ("sk-proj-aB-7hunter2hunter2x-9 is invalid", "*** is invalid"),
        ("key sk-ant-api03-7hunter2hunter2hunter2-x_AA", "key ***"),
        (f"sk-{'7hunter2' * 6}", "***"),
        ("xoxb-7777777777-hunter2hunter2", "***"),
        ("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.hunter2 has expired", "*** has expired"),
        ("no such key AKIAIOSFODNN7EXAMPLE", "no such key ***"),
        ("login --db-password hunter2 --now", "login --db-password *** --now"),
        ("-----BEGIN PRIVATE KEY-----\nMIIhunter2\n-----END PRIVATE KEY-----", "***"),
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
        # What services say of credentials is what failures are told apart by.
        "password: must be at least 8 characters",
        "Invalid token: expired",
        "Basic authentication required",
        # Names of pages, tasks and classes begin as keys do.
        "/p/sk-ii-facial-treatment-essence-230ml and /sk-slovensko-a-jeho-okolie",
        "/p/xoxo-love-and-kisses",
        "Basic CheckoutFlow, Basic OpenCartPage, Basic DataOpenList, Basic Tier1Plan",
        "the basic com.example.FooBar",
        "CSRF token missing",
        "KeyError: 'token'",
        "missing: ['password', 'email']",
        "Unexpected token: <",
        '{"max_tokens": 100, "password": null, "token": ""}',
        "http://auth:8080/a and http://token:8080/b",
        "auth: user unknown",
        "the primary key=5, the keyboard key: F1",
        "secretary=bob, tokenizer=bpe",
        "</password> is closed",
    ],
)
def test_everything_else_stays(text: str):
    assert redact(text) == text


SECRET = st.text(st.characters(codec="ascii", categories=["L", "N"]), min_size=8, max_size=40).map(
    # Digits: a word of letters alone may be what is said of a password.
    lambda text: f"7{text}7"
)
NAMES = st.sampled_from(
    ("password", "access_token", "clientSecret", "API_KEY", "x-api-key", "newPassword", "csrf")
)


def _nested(depth: int) -> Callable[[str, str], str]:
    def text(name: str, secret: str) -> str:
        document = json.dumps({"id": 1, name: secret, "n": 2})
        for _ in range(depth):
            document = json.dumps({"body": document})
        return document

    return text


def _safe(document: str) -> str:
    for sign in "=&<>'":
        document = document.replace(sign, f"\\u{ord(sign):04x}")
    return document.replace(r"\"", r"\u0022")


FORMS: dict[str, Callable[[str, str], str]] = {
    "JSON": _nested(0),
    "JSON in JSON": _nested(1),
    "JSON in JSON in JSON": _nested(2),
    "JSON that is safe on a page": lambda name, secret: _safe(_nested(0)(name, secret)),
    "JSON that is safe on a page, in JSON": lambda name, secret: _safe(_nested(1)(name, secret)),
    "a query in such JSON": lambda name, secret: _safe(
        json.dumps({"url": f"/a?{name}={secret}&n=2"})
    ),
    "XML in such JSON": lambda name, secret: _safe(json.dumps(f"<a><{name}>{secret}</{name}></a>")),
    "a dict on a page": lambda name, secret: html.escape(repr({"id": 1, name: secret, "n": 2})),
    "a dict": lambda name, secret: repr({"id": 1, name: secret, "n": 2}),
    "a form": lambda name, secret: urlencode({"id": 1, name: secret, "n": 2}),
    "a form in a query": lambda name, secret: "?next=" + quote(urlencode({name: secret, "n": 2})),
    "YAML": lambda name, secret: f"id: 1\n{name}: {secret}\nn: 2",
    "a header": lambda name, secret: f"{name}: {secret}",
    "XML": lambda name, secret: f"<a><{name}>{secret}</{name}></a>",
    "an option": lambda name, secret: f"run --{name}={secret} now",
    "a page": lambda name, secret: f'<input name="{name}" value="{secret}">',
    "a page that was made small": lambda name, secret: f"<input name={name} value={secret}>",
    "a tuple in a call": lambda name, secret: f'get("/a", {name}=("bob", "{secret}"), n=1)',
    "a type that holds it": lambda name, secret: f"User({name}=SecretStr('{secret}'), n=1)",
    "parameters": lambda name, secret: f'Authorization: Own id="7", {name}="{secret}", n="2"',
    "basic": lambda _, secret: f"Authorization: Basic {secret}==",
    "a cookie": lambda name, secret: f"Set-Cookie: {name}={secret}; Path=/; HttpOnly",
    "a URL": lambda name, secret: f"https://{name}:{secret}@shop.example/a",
}


@pytest.mark.long
@pytest.mark.long_sample(6)
@pytest.mark.parametrize("form", FORMS)
@given(name=NAMES, secret=SECRET, before=st.text(max_size=20), limit=st.integers(1, 200))
def test_no_form_lets_a_secret_through(
    form: str, name: str, secret: str, before: str, limit: int
) -> None:
    """Nor a part of it, where the text is longer than what is kept."""
    text = f"{before} {FORMS[form](name, secret)}"
    assert secret not in redact(text)
    cut = kept(text, limit)
    assert len(cut) <= limit
    assert secret[: len(secret) - 4] not in cut


@pytest.mark.long_sample(3)
@pytest.mark.sample(3)
@pytest.mark.parametrize("form", FORMS)
@given(name=NAMES, secret=SECRET)
def test_redacting_again_changes_nothing(form: str, name: str, secret: str) -> None:
    once = redact(FORMS[form](name, secret))
    assert redact(once) == once


HOSTILE = (
    "token", "token: ", "token\\", '"token": "', "'token':\n", "token={", "token=[", "token=%26",
    "password_", "secret[", "--", "<token ", "<a:token", "//", "://a", "%3A%2F%2F", "eyJ", "-eyJ",
    "eyJ-", "bearer a", "basic 1", "cookie: ", "cookie: a=", "authorization: a ", '\\"', "key",
    "('token", "('", "'token',\n", "'token'}value", '"token", value=', 'value="a" "token"',
    'name="token"\r\n', "<a name='token'>", "<token>", "<token><![CDATA[", "&lt;token&gt;",
    "token:\n  ", "token:\n- a\n", "token: |\n ", "token: &a ", "token: [\n", "[['token', '",
    "token '''", "token='''", "--token '", "-token ", 'cookie: a="', "cookie: 1 jan ",
    "authorization: a\n ", "-----BEGIN PRIVATE KEY-----", "Private-Lines: 1 a", "\\u0061",
    "token=%25", "token\n input", "name: token\nvalue:",
    "value=[ 'token' ", "value=' \"token\" ", "secret_", "token    ",
    "&quot;token&quot;:&quot;", 'csrf_token" value=', "--token--token ", "-----BEGIN ", "sk-",
    "token=(", "token=a(", "token=('", 'token="is ', 'token=["is too short",', "/token: 401",
    "authorization: a b=c, ", "authorization: a=", "<a name=token value=", "<a b id=",
    'token: "a\n ', "a.token.value", "token=>string(1) ",
    "sk-a", "sk-" + "a" * 79 + "-", "xoxb-a", "basic YTpi", "basic ",
    r"\u003d", "&#x3d;", "&#00", "\\" * 14 + "x", r"token\u003d", "token&#61;",
)  # fmt: skip


@pytest.mark.long_sample(4)
@pytest.mark.sample(6)
@pytest.mark.parametrize("part", HOSTILE)
def test_a_text_made_to_be_hard_takes_time_in_proportion(part: str) -> None:
    """A hundred times as long: what takes the square of it would not end within the test's time."""
    for length in (500, 1_000_000):
        text = (part * (length // len(part) + 1))[:length]
        assert len(redact(text)) <= length + len(text) // len(part) * 3


def test_a_capital_with_two_small_letters_moves_nothing() -> None:
    assert redact("İİİİ token=hunter2 İ") == "İİİİ token=*** İ"
