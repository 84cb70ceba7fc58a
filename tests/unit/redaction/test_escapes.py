"""Credentials in a text that was made safe to stand in another one: on a page, in a script."""

import pytest

from swarmscope.redaction import redact


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        # As Go, .NET, Rails and Gson write JSON.
        (r'{"u":"/x?token\u003dhunter2\u0026n\u003d1"}', '{"u":"/x?token=***&n=1"}'),
        (r'{"u":"https://bob:hunter2\u0040h/"}', '{"u":"https://***@h/"}'),
        (r'{"u":"https:\u002f\u002fbob:hunter2@h"}', '{"u":"https://***@h"}'),
        (r'{"e":"api_key\u003d\u0027hunter2\u0027"}', r'{"e":"api_key=\'***\'"}'),
        (
            r'{"e":"\u003cpassword\u003ehunter2\u003c/password\u003e"}',
            '{"e":"<password>***</password>"}',
        ),
        (
            r'{"e":"\u003CNS:Password\u003Ehunter2\u003C/NS:Password\u003E"}',
            '{"e":"<NS:Password>***</NS:Password>"}',
        ),
        (
            r'{"e":"\u003cinput name=\u0022token\u0022 value=\u0022hunter2\u0022\u003e"}',
            r'{"e":"<input name=\"token\" value=\"***\">"}',
        ),
        (r'"{\"u\":\"?token\\u003dhunter2\"}"', r'"{\"u\":\"?token=***\"}"'),
        (r"[\u0022x-api-key\u0022]\u003dhunter2", r"[\"x-api-key\"]=***"),
        (
            r"{\u0022name\u0022:\u0022token\u0022,\u0022value\u0022:\u0022hunter2\u0022}",
            r"{\"name\":\"token\",\"value\":\"***\"}",
        ),
        (r"Bearer\u0020hunter2hunter2", "Bearer ***"),
        # In a script.
        (r"'?token\x3dhunter2\x26n\x3d1'", "'?token=***&n=1'"),
        # On a page.
        ("token&#61;hunter2", "token=***"),
        ("token&#x3D;hunter2 &#x3c;b&#x3e;", "token=*** <b>"),
        ("&#60;token&#62;hunter2&#60;/token&#62;", "<token>***</token>"),
        ("{&#x27;pwd&#x27;: &#x27;hunter2&#x27;}", "{&#x27;pwd&#x27;: &#x27;***&#x27;}"),
        ("{&apos;pwd&apos;: &apos;hunter2&apos;}", "{&apos;pwd&apos;: &apos;***&apos;}"),
        ("{&#x22;pwd&#x22;:&#x22;hunter2&#x22;}", "{&#x22;pwd&#x22;:&#x22;***&#x22;}"),
        ("{&#034;pwd&#034;:&#034;hunter2&#034;}", "{&#034;pwd&#034;:&#034;***&#034;}"),
        ("(&#x27;pwd&#x27;, &#x27;hunter2&#x27;)", "(&#x27;pwd&#x27;, &#x27;***&#x27;)"),
        (
            "&lt;input value=&quot;hunter2&quot; name=&quot;pwd&quot;&gt;",
            "&lt;input value=&quot;***&quot; name=&quot;pwd&quot;&gt;",
        ),
    ],
)
def test_a_credential_is_found_behind_the_escapes_of_encoders(text: str, kept: str) -> None:
    assert redact(text) == kept
    assert redact(kept) == kept


@pytest.mark.parametrize(
    "text",
    [
        r'{"e":"a \u003c b \u0026\u0026 c \u003e d, \u0022quoted\u0022, it\u0027s \u00e9"}',
        r"C:\u0041 is no folder, \u00e9, \x00, \xe9\x41",
        "a &#60; b &#38;&#x26; c, it&#39;s &#x27;quoted&#x27; &#1234; &#x2028;",
        r"\u003cpassword\u003e",
    ],
)
def test_a_text_without_credentials_keeps_its_escapes(text: str) -> None:
    assert redact(text) == text
