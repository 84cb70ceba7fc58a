"""Above the panels: each sentence that can be said there is whole on a screen of 1280 pixels."""

import json
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import pytest
from dashboards import banner
from tests.browser.boards.conftest import ASKING, TWO, Tab
from tests.fixtures import boards, sentences
from tests.fixtures.boards import NOTHING_PICKED
from tests.fixtures.grafana import Grafana, filled_in

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Route

Said = Mapping[str, tuple[str, str]]
TITLES = {
    "overlay": "Can this measurement be trusted?",
    "generators": "Can this measurement be trusted?",
    "compare": "Can these two be compared?",
}
FIELDS = {"overlay": 4, "generators": 3, "compare": 4}
"""At most: clocks are told of where a run is drawn, and the way to another time where it isn't."""
LOAD = (
    "Load: 23h59m59s of this run, 11h59m59s of the other one: compare rates and percentiles, not "
    "counts; from 11h58m30s on 100000 users here and 200000 there: what differs may be the load's "
    "doing"
)
"""Only of runs with requests, and of those that are compared."""
INVISIBLE = "\u200b"
"""Where a long name may be broken."""
CUT = """panel => {
    const content = panel.querySelector("[data-testid='data-testid panel content']");
    return [...content.querySelectorAll("div")]
        .filter(one => one.scrollHeight > one.clientHeight + 1
            || one.scrollWidth > one.clientWidth + 1)
        .map(one => one.innerText);
}"""
"""What is higher or wider than its place: Grafana shows the middle of it."""


def fields(server: Grafana, board: str, run: str) -> dict[str, str]:
    """Return what stands in the fields of the banner of *run*, compared with itself."""
    begin = str(sentences.BEGAN * 1_000)
    picked = {**NOTHING_PICKED, "run": run, "run_start": begin, "run_end": begin, "baseline": run}
    picked["baseline_start"] = begin
    found: dict[str, str] = {}
    for asked in boards.panel_queries(board):
        if asked.of == TITLES[board]:
            for row in server.ask(filled_in(asked.flux, picked), *sentences.RANGE_MS):
                whose = "other " if "of the other run" in str(row) else ""
                found |= {whose + k: v for k, v in row.items() if k[1] == "_"}
    return found


class Saying:
    """Answers a board's banner with what is to be said, and its other panels with nothing."""

    def __init__(self) -> None:
        self.fields: dict[str, str] = {}

    def answer(self, route: "Route") -> None:
        asked = json.loads(route.request.post_data or "{}").get("queries", [])
        if not any(one["refId"].isupper() for one in asked):
            route.continue_()  # a variable's
            return
        if not any("fitting =" in one["query"] for one in asked):
            route.fulfill(json={"results": {}})
            return
        answered = route.fetch()
        body = answered.json()
        for result in body["results"].values():
            for frame in result.get("frames", []):
                self._say(frame)
        route.fulfill(response=answered, json=body)

    def _say(self, frame: dict[str, Any]) -> None:
        values = frame["data"]["values"]
        whose = "other " if "of the other run" in str(values) else ""
        for i, field in enumerate(frame["schema"]["fields"]):
            values[i] = [self.fields.get(whose + field["name"], values[i][0])]


@pytest.fixture(scope="module")
def low(browser: "Browser", server: Grafana) -> Iterator[Tab]:
    """One that sees the banner alone: Grafana asks for no panel before it is scrolled to."""
    opened = Tab(browser, server, height=400)
    opened.log_in()
    yield opened
    opened.close()


@pytest.mark.release
@pytest.mark.long_sample(9)
@pytest.mark.long
@pytest.mark.parametrize("first", range(3))
@pytest.mark.parametrize("board", TITLES)
def test_each_sentence_is_whole_in_its_field(
    low: Tab, server: Grafana, said: Said, board: str, first: int
) -> None:
    """Of each third run's sentences, from the *first* one on."""
    low.go(board, **TWO)
    page, panel, saying = low.page, low.panel(TITLES[board]), Saying()
    panel.locator("[data-testid='data-testid panel content']").wait_for()
    page.wait_for_load_state("networkidle")
    page.route(ASKING, saying.answer)
    cut: dict[str, list[str]] = {}
    try:
        for run in list(said)[first::3]:
            saying.fields = fields(server, board, run)
            assert len(saying.fields) == FIELDS[board]
            if board == "compare":
                saying.fields["c_load"] = LOAD
            low.refresh()
            for text in saying.fields.values():
                panel.get_by_text(text, exact=True).first.wait_for()
            if found := panel.evaluate(CUT):
                cut[run] = found
    finally:
        low.answer_truly()
    assert cut == {}


@pytest.mark.release
@pytest.mark.long
def test_what_is_said_is_what_the_audit_said_as_far_as_there_is_room(
    server: Grafana, said: Said
) -> None:
    for run, texts in said.items():
        found = fields(server, "generators", run)
        seen = (found[name].replace(INVISIBLE, "") for name in ("a_data", "b_generators"))
        for shown, text in zip(seen, texts, strict=True):
            _, _, told = shown.partition(": ")
            if len(shown) - len(told) + len(text) <= banner.MOST:
                assert told == text
            else:
                assert len(shown) <= banner.MOST
                assert told.split()[:2] == text.split()[:2]
                assert shown.endswith(banner.MORE) or "(" not in told
