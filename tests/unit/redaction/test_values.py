"""Where the value of a name ends, and what is a word about it instead."""

import pytest

from swarmscope.redaction import redact

COOKIES = "Set-Cookie: a=1; HttpOnly; Expires=Wed, 21 Oct 2015 07:28:00 GMT, b=hunter2"
ENCRYPTED = """-----BEGIN RSA PRIVATE KEY-----
Proc-Type: 4,ENCRYPTED
DEK-Info: AES-128-CBC,7

MIIhunter2
-----END RSA PRIVATE KEY-----
"""
OF_PGP = """-----BEGIN PGP PRIVATE KEY BLOCK-----
Version: a-b

hunter2
-----END PGP PRIVATE KEY BLOCK-----
"""


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        # In brackets, on however many lines.
        ('{"tokens": ["hunter2"], "n": 1}', '{"tokens": ***, "n": 1}'),
        ('{"token": [\n "a",\n "hunter2"\n], "n": 1}', '{"token": ***, "n": 1}'),
        ('{"token": ["a]b", "hunter2"], "n": 1}', '{"token": ***, "n": 1}'),
        ('{"token": {"a": {"b": 1},\n "c": "hunter2"}, "n": 1}', '{"token": ***, "n": 1}'),
        ('{"token": ["a", "hunter2', '{"token": ***'),
        ('{"apiKeys": {"bob": "hunter2"}, "n": 1}', '{"apiKeys": ***, "n": 1}'),
        (
            "{\n  token: [\n    'hunter2',\n    'x7'\n  ],\n  n: 1}",
            "{\n  token: ***\n  ],\n  n: 1}",
        ),
        ("Unexpected token: [ here\nand on", "Unexpected token: ***\nand on"),
        # In Python's brackets, as a traceback shows the line, and those of what holds a secret.
        (
            'self.client.get("/a", auth=("admin", "hunter2"), n=1)',
            'self.client.get("/a", auth=***, n=1)',
        ),
        ("auth = ('bob', 'hunter2')", "auth = ***"),
        ("basic_auth=('bob', f('x'), 'hunter2'), n=1", "basic_auth=***, n=1"),
        ("{'auth': ('bob', 'hunter2'), 'n': 1}", "{'auth': ***, 'n': 1}"),
        ("auth=(\n    'bob',\n    'hunter2',\n)", "auth=***\n)"),
        ('password=("hunter2")', "password=***"),
        ("auth=('bob', 'hunter2", "auth=***"),
        ("auth=HTTPBasicAuth('bob', 'hunter2'), n=1", "auth=***, n=1"),
        ("User(password=SecretStr('hunter2'), n=1)", "User(password=***, n=1)"),
        ('Config { password: Some("hunter2"), n: 1 }', "Config { password: ***, n: 1 }"),
        # In quotes.
        ("\"password='''hunter2\nx7'''\"", "\"password='''***'''\""),
        ("token: `hunter2`", "token: `***`"),
        # In YAML.
        ("password: |\n  hunter2\n\n  x7\nuser: bob", "password: |\n  ***\nuser: bob"),
        ("a:\n  pwd: >-  # long\n    hunter2\n  b: 1", "a:\n  pwd: >-  # long\n    ***\n  b: 1"),
        ("password: !!str hunter2", "password: !!str ***"),
        ("password: &anchor hunter2", "password: &anchor ***"),
        ("passwords:\n  - hunter2\n  - x7\nn: 1", "passwords:\n  - ***\n  - ***\nn: 1"),
        ("passwords:\n- hunter2\n- x7\nn: 1", "passwords:\n- ***\n- ***\nn: 1"),
        ("passwords:\n  bob: hunter2\n  al: x7\nn: 1", "passwords:\n  bob: ***\n  al: ***\nn: 1"),
        ("password: 'hunter2\n  x7'\nn: 1", "password: '***\n  ***\nn: 1"),
        ("password:\n  hunter2\nn: 1", "password:\n  ***\nn: 1"),
        # Headers.
        ('Cookie: a="x y"; session=hunter2', "Cookie: ***"),
        ("Cookie: a='x y'; session=hunter2", "Cookie: ***"),
        ('{"Cookie": ["session=hunter2"], "n": 1}', '{"Cookie": ***, "n": 1}'),
        (COOKIES, "Set-Cookie: ***"),
        ("Authorization: Own\n  hunter2hunter2", "Authorization: ***"),
        ("map[Authorization:[Own hunter2] N:[1]]", "map[Authorization:*** N:[1]]"),
        ('Authorization: MAC id="h480", nonce="26:dj", mac="hunter2"', "Authorization: ***"),
        ('Authorization: Own a="1", b="hunter2" and on', "Authorization: *** and on"),
        (
            'Authorization: MAC id="h480",\n    mac="hunter2"\nHost: a',
            "Authorization: ***\nHost: a",
        ),
        ("Authorization: VAPID t=abcdefgh, k=hunter2", "Authorization: ***"),
        ('Authorization: Token token="hunter2", nonce="x7"', "Authorization: Token ***"),
        ('Authorization: id="h480", mac="hunter2"', "Authorization: ***"),
        (r'{"e":"Authorization: Own a=\"1\", b=\"hunter2\""}', '{"e":"Authorization: ***"}'),
        # Private keys, whatever stands above them.
        (ENCRYPTED, "***\n"),
        (OF_PGP, "***\n"),
        ("-----BEGIN PRIVATE KEY-----\nMII-hunter2", "***"),
        ("Private-Lines: 2\nAAAhunter2\nx7==\nPrivate-MAC: 1", "***\nPrivate-MAC: 1"),
    ],
)
def test_a_value_is_left_out_up_to_its_end(text: str, kept: str) -> None:
    assert redact(text) == kept
    assert redact(kept) == kept


@pytest.mark.parametrize(
    "text",
    [
        "password must be 8 characters",
        "Password: (at least 8 characters)",
        "password: invalid, try again",
        "Invalid password:\n  must have 8 characters\n  must have a digit",
        "Unexpected token:\n    at JSON.parse (<anonymous>)\n    at foo (bar.js:1)",
        "Unexpected token: >\n    at JSON.parse (<anonymous>)",
        "SyntaxError: Unexpected token '<', \"<!DOCTYPE \"... is not valid JSON",
        '{"error":"Invalid token","code":401}',
        '{"error": "invalid_token", "error_description": "The access token expired"}',
        '{"password": {}, "tokens": [ ], "token": ""}',
        "Authorization: denied, Cookie: missing, cookies are disabled",
        'FATAL: password authentication failed for user "bob"',
        "ValueError: password: str expected",
        "session expired: please log in",
        "Authorization: Bearer missing",
        # In JSON, where most services say it; the first as Django's REST framework does.
        '{"password":["This field is required."]}',
        '{"password": ["too short", "must contain a digit"], "n": 1}',
        '{"password":["The two password fields didn\'t match.", "Too common"]}',
        r'{"e": "{\"password\": [\"This isn\\u2019t allowed.\"]}"}',
        '{"errors":{"password":"is too short","token":"expired"}}',
        '{"password":"is required","new_password":"must be at least 8 characters long."}',
        "{'password': ['This field may not be blank.', 'Enter a valid value.']}",
        "GET /api/token: 401, /api/v2/access_token: 503",
    ],
)
def test_what_is_said_of_a_credential_stays(text: str) -> None:
    assert redact(text) == text


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        # Words alone are a phrase that is one.
        ('{"password": "correct horse battery staple"}', '{"password": "***"}'),
        ('{"passwords": ["correct horse", "is too short"]}', '{"passwords": ***}'),
        ('{"password": "hunter2 is too short"}', '{"password": "***"}'),
        ('{"password": ["must not be hunter2"]}', '{"password": ***}'),
        ('{"passwords": ["is too short", hunter2]}', '{"passwords": ***}'),
        ('{"password": "must be' + " so long" * 30 + '"}', '{"password": "***"}'),
        ('{"passwords": [' + '"is too short", ' * 80 + '"is weak"]}', '{"passwords": ***}'),
        ("/api/token: 4017, token: 401", "/api/token: ***, token: ***"),
    ],
)
def test_what_is_not_said_of_a_credential_for_certain_is_left_out(text: str, kept: str) -> None:
    assert redact(text) == kept
