"""The locustfile: valid Python whatever a source says, with its requests as they were said."""

import ast

from hypothesis import given, settings
from hypothesis import strategies as st

from swarmscope.starter.credentials import Credential
from swarmscope.starter.locustfile import locustfile
from swarmscope.starter.source import DEMO, METHODS, Call, Source

TEXT = st.text(st.characters()) | st.sampled_from(
    ['"""', "'", "\\", "\n", "\r", "\0", "{}", "{x!r}", "\u2028", "\ud800", "# coding: utf-7"]
)
CALLS = st.builds(
    Call,
    method=st.sampled_from(METHODS),
    paths=st.lists(TEXT, min_size=1, max_size=3),
    name=TEXT,
    about=TEXT,
    weight=st.integers(1, 9),
    headers=st.dictionaries(TEXT, TEXT, max_size=2),
    json=st.none() | st.dictionaries(TEXT, TEXT, max_size=2),
    data=st.none() | TEXT,
    guessed=st.lists(TEXT, max_size=2),
    needs_body=st.booleans(),
)
SOURCES = st.builds(
    Source,
    title=TEXT,
    origin=TEXT,
    calls=st.lists(CALLS, max_size=4),
    credentials=st.lists(
        st.builds(Credential, st.sampled_from(["header", "query", "cookie"]), TEXT), max_size=2
    ),
)


def _functions(text: str) -> dict[str, ast.FunctionDef]:
    found = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.FunctionDef)]
    assert len({node.name for node in found}) == len(found)
    return {node.name: node for node in found}


def _sent(task: ast.FunctionDef) -> ast.Call:
    (call,) = (
        node
        for node in ast.walk(task)
        if isinstance(node, ast.Call) and ast.unparse(node.func).startswith("self.client")
    )
    return call


@settings(max_examples=40)
@given(source=SOURCES, host=TEXT, writing=st.booleans())
def test_any_text_of_a_source_stays_a_text(source: Source, host: str, *, writing: bool) -> None:
    """Nothing but the names that init itself writes is called or assigned."""
    text = locustfile(source, host, writing=writing)
    text.encode()
    compile(text, "locustfile.py", "exec")
    functions = _functions(text)
    functions.pop("on_start", None)
    assert len(functions) == len(source.calls)
    for call, task in zip(source.calls, functions.values(), strict=True):
        sent = _sent(task)
        assert ast.unparse(sent.func) == f"self.client.{call.method.lower()}"
        told = {one.arg: one.value for one in sent.keywords}
        if len(call.paths) == 1:
            assert ast.literal_eval(sent.args[0]) == call.paths[0]
        assert "name" not in told or ast.literal_eval(told["name"]) == call.name
    called = {
        ast.unparse(node.func) for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Call)
    }
    known = {f"self.client.{method.lower()}" for method in METHODS}
    encoded = {name for name in called if name.endswith(".encode")}
    assert called - known - encoded <= {"between", "task", "random.choice"}


def _of(*calls: Call, writing: bool = False) -> str:
    return locustfile(Source("t", "o", calls), "http://h", writing=writing)


def test_what_changes_something_has_no_weight_until_it_is_wanted() -> None:
    post = Call("POST", ["/orders"], "/orders", weight=3)
    assert "@task(0)\n    def post_orders(self):" in _of(post)
    assert "give it data of your own" in _of(post)
    assert "@task(3)\n    def post_orders(self):" in _of(post, writing=True)
    assert "@task(0)" in _of(Call("GET", ["/s"], "/s", needs_body=True))


def test_names_of_functions_differ_and_begin_with_the_method() -> None:
    calls = [Call("GET", [path], path) for path in ("/", "/a-b", "/a_b", "/" + "x" * 99, "/ü")]
    assert list(_functions(_of(*calls))) == [
        "get_root",
        "get_a_b",
        "get_a_b_2",
        "get_" + "x" * 60,
        "get_root_2",
    ]


def test_what_differs_has_one_name() -> None:
    text = _of(Call("GET", ["/p/1", "/p/2"], "/p/[id]"))
    assert 'path = random.choice(["/p/1", "/p/2"])' in text
    assert 'self.client.get(path, name="/p/[id]")' in text
    assert 'self.client.get("/p")' in _of(Call("GET", ["/p"], "/p"))


def test_bodies_and_headers_are_sent() -> None:
    text = _of(Call("POST", ["/p"], "/p", json={"a": None}, headers={"X-A": "1"}), writing=True)
    assert 'self.client.post("/p", json={"a": None}, headers={"X-A": "1"})' in text
    assert 'data="ü".encode()' in _of(Call("POST", ["/p"], "/p", data="ü"))


def test_a_guess_is_said() -> None:
    assert "it is a guess: id, day" not in _of(Call("GET", ["/1"], "/[id]"))
    text = _of(Call("GET", ["/1"], "/[id]", guessed=["id", "day\n"]))
    assert "what stands here is a guess: id, day\n" in text


def test_credentials_come_from_the_environment() -> None:
    credentials = [Credential("header", "X-Api-Key"), Credential("query", "key")]
    text = locustfile(Source("t", "o", DEMO.calls, credentials=credentials), "http://h")
    assert 'if "TARGET_X_API_KEY" in os.environ:' in text
    assert 'self.client.headers["X-Api-Key"] = os.environ["TARGET_X_API_KEY"]' in text
    assert 'self.client.params["key"] = os.environ["TARGET_KEY"]' in text
    assert text.index("import os") < text.index("from locust")
    assert "import os" not in locustfile(DEMO, "http://h")
