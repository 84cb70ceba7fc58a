"""What can be picked on boards, and what panels then ask a real Grafana for."""

from collections import Counter

from dashboards import config
from tests.fixtures import boards, expected, expected_curves, grafana, recorded
from tests.fixtures.comparison import same_rows
from tests.fixtures.grafana import EARLIER_RUN, EARLIER_S, SLOW_RUN, Grafana, filled_in
from tests.fixtures.panel_answers import PICKED, answer, of_time
from tests.fixtures.recorded import ITEM, RUN, SEARCH, T0


def offered(filled: Grafana, name: str, **picked: str) -> list[str]:
    """Return what the variable *name* can be."""
    every = (a for board in boards.boards() for a in boards.variable_queries(board))
    flux = next(a.flux for a in every if a.of == name)
    rows = filled.ask(filled_in(flux, {**PICKED, **picked}), *expected.RANGE_MS)
    return [next(iter(row.values())) for row in rows]


def test_the_busiest_endpoints_are_found_whatever_they_are_called(filled: Grafana) -> None:
    """They are looked up by an expression that is written into the query."""
    (candidates,) = offered(filled, "candidates", run=grafana.ODD_RUN)
    title, board = "p95 of the ten busiest endpoints", "endpoints"
    found = answer(filled, title, board=board, run=grafana.ODD_RUN, candidates=candidates)
    assert len({row["name"] for row in found}) == 10
    assert found == answer(filled, title, board=board, run=grafana.ODD_RUN)


def test_picked_endpoints_and_workers_are_added_up(filled: Grafana) -> None:
    """Names with every character that means something in an expression."""
    picked = {"endpoint": [ITEM[0], SEARCH[0]], "worker": ["worker-1", "worker-2"]}
    found = of_time(answer(filled, "Load, and the machines' CPU", 10, **picked))
    wanted = Counter(
        (T0 + r.second) // 10 * 10_000
        for r in recorded.of_run()
        if r.endpoint in (ITEM, SEARCH) and r.worker in picked["worker"]
    )
    attended = {t for t, worker in expected_curves.attended(10) if worker in picked["worker"]}
    same_rows(found, [(t, wanted[t] / 10) for t in wanted.keys() | attended])


def test_only_picked_hosts_are_asked_for(filled: Grafana) -> None:
    for title, ref_id in (
        ("Load, and the machines' CPU", "C"),
        ("Memory", "A"),
        ("Disk", "A"),
        ("Network", "A"),
    ):
        rows = answer(filled, title, ref_id=ref_id, host=["shop-db"])
        assert {row["host"] for row in rows} == {"shop-db"}, title


def test_machine_keeps_its_number_by_which_it_has_a_colour_whatever_is_picked(
    filled: Grafana,
) -> None:
    for title, way in (("Memory", ""), ("Network", " received"), ("Disk", " written")):
        for hosts in (["gen-a", "shop-db"], ["shop-db"], ["gen-a"]):
            numbered = {
                (row["host"], list(row)[-1])
                for row in answer(filled, title, host=hosts)
                if not way or row["direction"] == way.strip()
            }
            every = {("gen-a", f"generator{way} 0"), ("shop-db", f"target{way} 1")}
            assert numbered == {one for one in every if one[0] in hosts}


def test_variables_offer_what_there_is(filled: Grafana) -> None:
    # The other one's id would end the text that a query puts it into.
    run, *elsewhere = offered(filled, "run")
    assert (run, set(elsewhere)) == (RUN, {EARLIER_RUN, SLOW_RUN} & set(elsewhere))
    assert EARLIER_RUN in elsewhere
    assert offered(filled, "other_measurement") == [
        config.UNPICKED,
        "app_gauges",
        "queue",
        "statsd_orders_placed",
    ]
    assert offered(filled, "other_field") == ["depth"]
    assert offered(filled, "endpoint") == sorted({r.endpoint[0] for r in recorded.of_run()})
    assert offered(filled, "worker") == ["worker-0", "worker-1", "worker-2"]
    assert offered(filled, "host") == ["gen-a (generator)", "shop-db (target)"]
    assert offered(filled, "resolution") == [1]
    assert offered(filled, "resolution", run=SLOW_RUN) == [5]
    assert offered(filled, "baseline") == [EARLIER_RUN, "(none)", SLOW_RUN]
    assert offered(filled, "run_start") == [T0 * 1_000]
    assert offered(filled, "baseline_start") == [(T0 - EARLIER_S) * 1_000]
    assert offered(filled, "baseline_start", baseline="(none)") == [expected.RANGE_MS[0]]


def test_rate_is_not_multiplied_where_the_run_was_recorded_in_longer_windows(
    filled: Grafana,
) -> None:
    rows = answer(filled, "Load, and the machines' CPU", run=SLOW_RUN, resolution="5")
    assert {row[-1] for row in of_time(rows)} == {10.0}
