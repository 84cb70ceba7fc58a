"""Which names say of what that it is a credential, and what may stand between the two."""

import pytest

from swarmscope.redaction import redact


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        # Where a name begins and ends.
        ("?user_pwd=hunter2", "?user_pwd=***"),
        ("MYSQL_PWD=hunter2", "MYSQL_PWD=***"),
        ('"db_pwd": "hunter2", "userPwd": "x7"', '"db_pwd": "***", "userPwd": "***"'),
        ("DB_PASS=hunter2 PWD=/home/bob", "DB_PASS=*** PWD=/home/bob"),
        ("user[tokens][]=hunter2&token[0]=x7", "user[tokens][]=***&token[0]=***"),
        ("user['password'] = 'hunter2'", "user['password'] = '***'"),
        (r'{"p\u0061ssword": "hunter2"}', '{"password": "***"}'),
        ("stripe.api.key=hunter2", "stripe.api.key=***"),
        ("API Key: hunter2, api key = x7", "API Key: ***, api key = ***"),
        ("csrf_token_value=hunter2&tokenValue=x7", "csrf_token_value=***&tokenValue=***"),
        ("spring.session.id=hunter2", "spring.session.id=***"),
        # Signs of assignment, and blanks around them.
        ('{"password"   :   "hunter2"}', '{"password"   :   "***"}'),
        ('{"password"\t:\t"hunter2"}', '{"password"\t:\t"***"}'),
        (r'"{\n \"token\":\n \"hunter2\"\n}"', r'"{\n \"token\":\n \"***\"\n}"'),
        (r"{\u0022token\u0022:\u0022hunter2\u0022}", r"{\"token\":\"***\"}"),
        ("password            = hunter2", "password            = ***"),
        ("password:            hunter2", "password:            ***"),
        ("Authorization:            hunter2", "Authorization:            ***"),
        ('password := "hunter2"', 'password := "***"'),
        ('def login(password: str = "hunter2"):', 'def login(password: str = "***"):'),
        ("?next=%252Fa%253Ftoken%253Dhunter2%2526a", "?next=%252Fa%253Ftoken%253D***%2526a"),
        # Command lines; the first as subprocess shows one that failed.
        (
            "Command '['tool', '--password', 'hunter2']' returned non-zero exit status 1.",
            "Command '['tool', '--password', '***']' returned non-zero exit status 1.",
        ),
        ('["--token", "hunter2"]', '["--token", "***"]'),
        (r'"[\"--token\", \"hunter2\"]"', r'"[\"--token\", \"***\"]"'),
        ("[--token hunter2 --url x]", "[--token *** --url x]"),
        ("exec failed: [--password hunter2]", "exec failed: [--password ***]"),
        ("[tool, --token, hunter2, -v]", "[tool, --token, ***, -v]"),
        ("[tool, -v, --token, hunter2]", "[tool, -v, --token, ***]"),
        ('["tool" "--token" "hunter2"]', '["tool" "--token" "***"]'),
        ("tool --password 'hunter2 x'", "tool --password '***'"),
        ('tool --password "hunter2 x"', 'tool --password "***"'),
        ("tool --password   swordfish db", "tool --password   *** db"),
        *(
            (f"tool --{name} hunter2 -v", f"tool --{name} *** -v")
            for name in (
                "pwd", "pass", "access-key", "secret-key", "passphrase", "credentials",
                "session-id", "db-password", "api_key", "otp",
            )
        ),
        ("keytool -storepassword hunter2", "keytool -storepassword ***"),
        # A name that is the value of another.
        ('{"name": "DB_PASSWORD", "value": "hunter2"}', '{"name": "DB_PASSWORD", "value": "***"}'),
        (
            '{"loc":["body","password"],"msg":"too short","input":"hunter2"}',
            '{"loc":["body","password"],"msg":"too short","input":"***"}',
        ),
        (
            '{"value":"hunter2","msg":"Invalid value","path":"password"}',
            '{"value":"***","msg":"Invalid value","path":"password"}',
        ),
        (
            '<input name="password" type="text" value="hunter2">',
            '<input name="password" type="text" value="***">',
        ),
        (
            '<input value="hunter2" type="text" name="password">',
            '<input value="***" type="text" name="password">',
        ),
        # On pages that were made small.
        (
            "<input type=hidden name=csrf_token value=hunter2>",
            "<input type=hidden name=csrf_token value=***>",
        ),
        ("<input value=hunter2 name=token><p>", "<input value=*** name=token><p>"),
        ("<input type=password value=hunter2>", "<input type=password value=***>"),
        ("&lt;input name=token value=hunter2&gt;", "&lt;input name=token value=***&gt;"),
        ('["password"]=>\n  string(7) "hunter2"\n', '["password"]=>\n  string(7) "***"\n'),
        ('<property name="pwd">hunter2</property>', '<property name="pwd">***</property>'),
        ("<key>pwd</key>\n<string>hunter2</string>", "<key>pwd</key>\n<string>***</string>"),
        ("- name: DB_PASSWORD\n  value: hunter2", "- name: DB_PASSWORD\n  value: ***"),
        ('- name: "API_KEY"\n  value: "hunter2"', '- name: "API_KEY"\n  value: "***"'),
        ('{"field":"token","rejectedValue":"hunter2"}', '{"field":"token","rejectedValue":"***"}'),
        (
            "body.password\n  Too short [type=string_too_short, input_value='hunter2', n=1]",
            "body.password\n  Too short [type=string_too_short, input_value='***', n=1]",
        ),
        ("[['Authorization', 'Own hunter2']]", "[['Authorization', '***']]"),
        ('[["a", "b"], ["x-api-key", "hunter2"]]', '[["a", "b"], ["x-api-key", "***"]]'),
        ('{"name":"Cookie","value":"a=hunter2"}', '{"name":"Cookie","value":"***"}'),
        # Parts of a form, also where Python or JSON shows them.
        (
            'form-data; name="password"\r\nContent-Type: text/plain\r\n\r\nhunter2\r\n--b',
            'form-data; name="password"\r\nContent-Type: text/plain\r\n\r\n***\r\n--b',
        ),
        (
            r'form-data; name="password"\r\n\r\nhunter2\r\n--b',
            r'form-data; name="password"\r\n\r\n***\r\n--b',
        ),
        # Elements.
        ("<password><![CDATA[hunter2<x]]></password>", "<password><![CDATA[***]]></password>"),
        ("<password>\n  hunter2\n</password>", "<password>\n  ***</password>"),
        ("&lt;password&gt;hunter2&lt;/password&gt;", "&lt;password&gt;***&lt;/password&gt;"),
        ('<pass type="a">hunter2</pass>', '<pass type="a">***</pass>'),
    ],
)  # fmt: skip
def test_what_a_name_says_is_a_credential_is_left_out(text: str, kept: str) -> None:
    assert redact(text) == kept
    assert redact(kept) == kept


@pytest.mark.parametrize(
    "text",
    [
        # What is said of options.
        "tool --password-file /run/x --token-file=/run/y",
        "docker login --password-stdin registry.example",
        "INFLUXDB_V2_TOKEN_FILE=/run/secrets/token",
        "argument --token: expected one argument",
        "usage: tool [-h] [--token TOKEN] [--api-key API_KEY] file",
        "needs --token, please give one",
        "the following arguments are required: --token, --password",
        "Error: Option '--token' requires an argument.",
        "--token requires a value, and --password is missing",
        "tool --token --verbose",
        # Other things with such a name.
        "password_min_length: 8, password_policy: strict, secretName: db",
        "PWD=/home/bob",
        "pass: 12, fail: 3, pass=12 fail=3, bypass=x",
        "primary_key=5, keys: 12, Token::parse",
        '{"usage": {"prompt_tokens": 12, "total_tokens": 17}, "tokens": {"prompt": 5}}',
        "tokens=512, tokens: 512, apiKeys: 3, api keys: 3",
        "<input type=password name=pwd value=>, foo(name=token, value=5)",
        '{"type": "token", "content": "Hello"}',
        "<PasswordPolicy>at least 8</PasswordPolicy><tokenCount>7</tokenCount>",
        '<option value="token">Token</option>',
        '<input type="password" name="pw" value="">',
        '<label for="password">Password too short</label>',
        '<input name="password"> Your password',
        '[{"loc":["body","email"],"msg":"field required","input":"bob"}]',
        "('password', 'email', 'name')",
        r"C:\u0041 is no folder, \u00e9",
        "-----BEGIN PUBLIC KEY-----",
        "the private key could not be read",
    ],
)
def test_other_names_say_nothing(text: str) -> None:
    assert redact(text) == text
