"""The locustfile of a source: what the source says stands in it as literals, and no other way.

Paths, names and summaries come from files of anybody. `literals` writes of each the value; what
stands in a comment or a docstring is one printable line.
"""

import re
import textwrap
from collections.abc import Iterator, Sequence

from swarmscope.starter.credentials import Credential
from swarmscope.starter.literals import call, literal, quoted
from swarmscope.starter.source import Call, Source
from swarmscope.terminal import one_line

_HEAD = '"""A load test, written by `swarmscope init`, and yours now: see README.md."""'
_WRITES = "# It may change something: give it data of your own, then a weight."
_GUESSED = "The file has no example of these, and what stands here is a guess: "
_LONGEST_NAME = 60
_PUT_IN = {
    "header": "self.client.headers",
    "query": "self.client.params",
    "cookie": "self.client.cookies",
}


def locustfile(source: Source, host: str, *, writing: bool = False) -> str:
    """Return the locustfile for *source*, whose tasks that change something wait for a weight.

    *writing*: they have one.
    """
    tasks = zip(source.calls, _names(source.calls), strict=True)
    lines = [
        _HEAD,
        "",
        f"# {_line(source.title)}",
        f"# Made of {_line(source.origin)}.",
        "",
        *_imports(source),
        "",
        "",
        "class Visitor(HttpUser):",
        '    """Sends one request after the other, which one by their weights."""',
        "",
        "    # LOCUST_HOST and --host win over it.",
        f"    host = {quoted(host)}",
        "    # How long a user thinks between two of them, in seconds.",
        "    wait_time = between(1, 3)",
        *_on_start(source.credentials),
        *(line for one, name in tasks for line in _task(one, name, writing=writing)),
    ]
    return "\n".join([*lines, ""])


def _imports(source: Source) -> Iterator[str]:
    standard = ["os"] if source.credentials else []
    standard += ["random"] if any(len(one.paths) > 1 for one in source.calls) else []
    if standard:
        yield from (f"import {name}" for name in standard)
        yield ""
    yield "import swarmscope.listener  # noqa: F401  # records the test"
    yield "from locust import HttpUser, between, task"


def _on_start(credentials: Sequence[Credential]) -> Iterator[str]:
    if not credentials:
        return
    yield ""
    yield "    def on_start(self):"
    yield '        """Say who asks, with what the environment has; without it, nobody."""'
    for one in credentials:
        variable = quoted(one.variable)
        yield f"        if {variable} in os.environ:"
        yield f"            {_PUT_IN[one.place]}[{quoted(one.name)}] = os.environ[{variable}]"


def _task(one: Call, name: str, *, writing: bool) -> Iterator[str]:
    works = one.reads or writing
    weight = one.weight if works else 0
    yield ""
    yield "    @task" if weight == 1 else f"    @task({weight})"
    yield f"    def {name}(self):"
    yield f"        {_docstring(one.about or f'{one.method} {one.name}')}"
    if not works:
        yield f"        {_WRITES}"
    if one.guessed:
        yield from _comment(_GUESSED + ", ".join(map(_line, one.guessed)))
    if len(one.paths) > 1:
        yield call("path = random.choice", [literal(list(one.paths), 12)], 8)
    yield call(f"self.client.{one.method.lower()}", list(_arguments(one)), 8)


def _arguments(one: Call) -> Iterator[str]:
    several = len(one.paths) > 1
    yield "path" if several else quoted(one.paths[0])
    if several or one.name != one.paths[0]:
        yield f"name={quoted(one.name)}"
    if one.json is not None:
        yield f"json={literal(one.json, 12)}"
    if one.data is not None:
        yield f"data={quoted(one.data)}.encode()"
    if one.headers:
        yield f"headers={literal(dict(one.headers), 12)}"


def _names(calls: Sequence[Call]) -> Iterator[str]:
    """Yield a function's name for each: no two are the same, and none is one of Locust's own."""
    taken: set[str] = set()
    for one in calls:
        words = re.sub(r"[^a-z0-9]+", "_", one.name.lower()).strip("_") or "root"
        # It begins with a method, as nothing of Locust's users does.
        base = name = f"{one.method.lower()}_{words[:_LONGEST_NAME].strip('_')}"
        number = 1
        while name in taken:
            number += 1
            name = f"{base}_{number}"
        taken.add(name)
        yield name


def _comment(text: str) -> Iterator[str]:
    lines = textwrap.wrap(text, 90, break_on_hyphens=False)
    return (f"        # {_line(line)}" for line in lines)


def _docstring(text: str) -> str:
    text = _line(text)
    return quoted(text) if '"' in text or "\\" in text else f'"""{text}"""'


def _line(text: str) -> str:
    return one_line(" ".join(text.split()))
