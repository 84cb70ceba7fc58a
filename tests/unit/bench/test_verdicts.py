"""Simulated runs are what they are said to be, and each figure of docs/verdicts.md can turn red."""

import json
from collections.abc import Iterable
from math import exp
from typing import Any

import numpy as np
import pytest
from tests.bench.verdicts import __main__ as command
from tests.bench.verdicts import figures, held, real, simulation, simulation_told
from tests.bench.verdicts.figures import ALL, SLOWED, Design
from tests.bench.verdicts.simulated import (
    ENDPOINTS,
    Build,
    Run,
    Weather,
    _drift,
    generator,
    key_of,
    simulate,
)

from swarmscope.comparison.compared import Overall
from swarmscope.comparison.comparing import Wish, compare_numbers
from swarmscope.gate.metrics import named
from swarmscope.recording.tally import Key

CALM = Weather(dependence=0.0, run_noise=0.0, second_noise=0.0)
WEATHER = Weather(dependence=0.5, run_noise=0.02)
SECONDS = 20


P95 = named("p95")


def p95(run: Run, key: Key = SLOWED) -> float:
    value = run.value(key, P95)
    assert value is not None
    return value


def test_a_run_without_noise_has_the_p95_of_its_distribution() -> None:
    run = simulate(generator(1), CALM, seconds=300)
    for name, endpoint in ENDPOINTS.items():
        expected = endpoint.median_ms * exp(1.645 * endpoint.spread)
        # One in a hundred is a few times as long, which is a part of the five beyond.
        assert expected * 0.97 < p95(run, key_of(name)) < expected * 1.12
        assert run.tallies[key_of(name)].count == pytest.approx(300 * endpoint.rate, rel=0.1)
    assert run.tallies[ALL].count == sum(run.tallies[key_of(name)].count for name in ENDPOINTS)


def test_a_slower_endpoint_is_slower_by_that_and_no_other_is() -> None:
    before, after = (
        simulate(generator(1), WEATHER, build) for build in (Build(), Build({SLOWED: 1.5}))
    )
    assert p95(after) == pytest.approx(1.5 * p95(before), rel=0.02)
    assert p95(after, key_of("/pay")) == p95(before, key_of("/pay"))


def test_a_build_that_gets_fewer_requests_has_so_many_fewer() -> None:
    before, after = (
        simulate(generator(1), WEATHER, build).tallies[ALL].count
        for build in (Build(), figures.build(all_slower=True, by=0.25))
    )
    assert after == pytest.approx(before / 1.25, rel=0.05)


def test_what_is_multiplied_is_one_metric_of_one_endpoint() -> None:
    run = simulate(generator(1), WEATHER, seconds=SECONDS)
    changed = run.multiplied(SLOWED, "p95", 1.5)
    assert p95(changed) == 1.5 * p95(run)
    assert p95(changed, ALL) == p95(run, ALL)


@pytest.mark.parametrize("dependence", simulation.STRENGTHS)
def test_a_second_has_so_much_of_the_one_before(dependence: float) -> None:
    drift = _drift(generator(1), Weather(dependence, 0.0), 20_000)
    assert np.corrcoef(drift[:-1], drift[1:])[0, 1] == pytest.approx(dependence, abs=0.02)
    assert drift.std() == pytest.approx(0.05, rel=0.1)


def test_runs_differ_by_their_offset_all_endpoints_together_and_apart() -> None:
    weather = Weather(0.0, 0.2, second_noise=0.0)
    runs = [simulate(generator(i), weather, seconds=20) for i in range(150)]
    logs = np.log([[p95(run, key_of(name)) for name in ENDPOINTS] for run in runs])
    assert logs.std(axis=0) == pytest.approx([0.2] * len(ENDPOINTS), rel=0.35)
    assert 0.3 < np.corrcoef(logs[:, 0], logs[:, 1])[0, 1] < 0.7
    # Where all of it takes longer there are fewer requests.
    made = np.log([run.tallies[ALL].count for run in runs])
    assert np.corrcoef(made, logs[:, 0])[0, 1] < -0.4


@pytest.mark.long
def test_runs_of_one_build_hardly_ever_differ() -> None:
    found = figures.alarms(WEATHER, [Design(10, 1), Design(10, 3), Design(1, 1, 6)], 60, SECONDS)
    # Of runs that are so short, and of so few pairs: of 1,000 whole ones the page has at most 5 %.
    assert max(one.said for one in found.values()) <= 0.1 * 60


@pytest.mark.release
def test_a_comparison_that_is_too_sure_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    sure = Wish(margin=0.001, confidence=0.5)
    monkeypatch.setattr(
        figures, "compare_numbers", lambda base, new, old, _: compare_numbers(base, new, old, sure)
    )
    (found,) = figures.alarms(WEATHER, [Design(10, 1)], 60, SECONDS).values()
    assert found.said > 0.05 * 60
    assert sum(found.overall.values()) == 60


def test_what_is_compared_at_once_is_what_the_page_says() -> None:
    runs = [simulate(generator(i), WEATHER, seconds=SECONDS) for i in range(11)]
    names = [
        (row.endpoint, row.metric) for row in figures.compared(Design(10, 1), runs, runs[10:]).rows
    ]
    of_all = [metric for key, metric in names if key == ALL]
    assert of_all == ["p50", "p95", "requests_per_second", "failure_rate", "p99"]
    assert len(of_all) - 1 == simulation_told.DECIDING
    assert len(names) - simulation_told.DECIDING == simulation_told.BESIDE
    assert {(key, metric) for key, metric in simulation.ONE.values()} < set(names)
    assert {(key, metric) for key, metric in simulation.OF_ALL.values()} < set(names)


@pytest.mark.long
def test_a_rise_is_found_and_twice_the_margin_is_never_the_same() -> None:
    metrics = list(simulation.ONE.values())

    def told(by: float, pairs: int) -> figures.Told:
        build = figures.build(all_slower=False, by=by)
        return figures.told(WEATHER, Design(10, 3), build, metrics, pairs=pairs, seconds=SECONDS)

    found = told(0.25, 30)
    assert found.worse[SLOWED, "p95"] >= 0.8 * 30
    assert found.overall[Overall.WORSE] >= 0.9 * 30
    assert set(told(0.1, 60).same.values()) == {0}


@pytest.mark.release
def test_more_runs_find_less() -> None:
    few, one, many = Design(3, 3), Design(1, 1, 6), Design(10, 3)
    metrics = ((SLOWED, "p95"), (ALL, figures.FEWER))
    for found in figures.smallest(WEATHER, (few, one, many), metrics, 20, seconds=SECONDS).values():
        assert found[few] is None
        assert found[one] is not None
        assert found[many] is not None
        assert 0.04 < found[many] < found[one]


def _kept() -> dict[str, Any]:
    each = [*simulation.ONE, *simulation.OF_ALL]

    def told(names: Iterable[str], worse: int, overall: dict[str, int]) -> dict[str, Any]:
        return {
            "worse": dict.fromkeys(names, worse),
            "same": dict.fromkeys(names, 0),
            "overall": overall,
        }

    return {
        "spread": [
            {"noise": noise, "of": dict.fromkeys(each, 0.03)} for noise in simulation.NOISES
        ],
        "alarms": [
            {
                **{"dependence": 0.5, "noise": 0.04, "pairs": 1_000},
                **{"said": {"10 against 1": 50}, "overall": {"10 against 1": {"worse": 50}}},
            }
        ],
        "found": [
            {
                **{"noise": 0.02, "design": "10 against 3", "pairs": 500},
                "one": told(simulation.ONE, 400, {"worse": 450, "can't tell": 50}),
                "all": told(simulation.OF_ALL, 450, {"worse": 500}),
                "alike": told(each, 0, {"better": 5, "the same": 445, "can't tell": 50}),
            }
        ],
        "smallest": [
            {
                "noise": noise,
                "least": {
                    "p95 of all": {str(design): 0.084 for design in simulation.SIDES},
                    "p95 of one endpoint": {str(design): None for design in simulation.SIDES},
                },
            }
            for noise in simulation.NOISES
        ],
    }


def test_figures_that_keep_all_claims_are_fine() -> None:
    assert simulation.missed(_kept()) == []


@pytest.mark.parametrize(
    ("path", "worse", "said"),
    [
        (("alarms", 0, "said", "10 against 1"), 51, "10 against 1 says worse or better of 5.1 %"),
        (("found", 0, "all", "worse", "p95 of all"), 449, "+10% of p95 of all is found in 89.8 %"),
        (
            ("found", 0, "one", "same", "p50 of one endpoint"),
            1,
            "10 against 3 says same of p50 of one endpoint in 1 pairs that differ by twice",
        ),
    ],
)
def test_each_claim_can_be_missed(path: tuple[Any, ...], worse: int, said: str) -> None:
    kept = _kept()
    place: Any = kept
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = worse
    (claim,) = simulation.missed(kept)
    assert claim.startswith(said)


def _shop() -> list[Run]:
    return [simulate(generator(9, number), WEATHER) for number in range(real.RUNS)]


def test_real_runs_of_one_build_are_compared_each_with_those_before() -> None:
    found = real.judged(_shop())
    many = {design: sum(answers.values()) for design, answers in found["compared"].items()}
    assert many == {"10 against 1": 10, "5 against 5": 3, "1 against 1, 8 earlier": 11}
    assert found["alarms"] == []
    assert {name.removeprefix("GET ") for name in found["noise"]} == set(ENDPOINTS)
    assert real.missed(found) == []


def test_a_real_run_that_is_slower_is_an_alarm() -> None:
    *before, last = _shop()
    found = real.judged([*before, last.multiplied(SLOWED, "p95", 2)])
    assert {(one["design"], one["of"]) for one in found["alarms"]} == {
        (design, "p95 of GET /") for design in ("10 against 1", "1 against 1, 8 earlier")
    }
    assert found["compared"]["10 against 1"]["worse"] == 1
    assert real.missed(found) == ["2 comparisons of real runs of one build say worse or better"]
    told = list(real.told({**found, "seconds": 60, "users": 20}))
    assert "\nOf 10 against 1, p95 of GET /: +10" in " ".join(told)


def test_the_page_has_as_many_cases_as_tests_hold() -> None:
    assert held.told() in command.PAGE.read_text(encoding="utf-8")


def test_what_the_guide_says_of_them_is_what_was_measured_last() -> None:
    kept = json.loads((command.KEPT / "simulated.json").read_text(encoding="utf-8"))["figures"]
    (found,) = (
        one for one in kept["found"] if (one["design"], one["noise"]) == ("10 against 3", 0.02)
    )
    of_all, of_one = (
        int(100 * found[kind]["worse"][name] / found["pairs"])
        for kind, name in (("all", "p95 of all"), ("one", "p95 of one endpoint"))
    )
    (least,) = (one["least"] for one in kept["smallest"] if one["noise"] == 0.02)
    single = [
        f"+{100 * least[name]['10 against 1']:.0f} %"
        for name in ("p95 of all", "p95 of one endpoint")
    ]
    guide = (command.ROOT / "docs" / "compare.md").read_text(encoding="utf-8")
    said = (
        f"find +10 % of the p95 of all endpoints in {of_all} pairs of 100, and of one of four in "
        f"{of_one}; a single new one finds {single[0]}, and {single[1]} of one."
    )
    assert said in " ".join(guide.split())


def test_no_commit_is_named_that_nobody_can_find() -> None:
    """What is measured before it is rebased has a commit that no history has."""
    assert " commit " not in command.PAGE.read_text(encoding="utf-8")


def test_the_page_has_a_section_for_what_was_measured() -> None:
    about = {
        "at": "2026-11-27T19:00:00+00:00",
        "version": "0.1.0",
        "took_s": 600,
        "machine": {
            **{"cpu": "x", "cores": 2, "memory_gib": 4, "system": "Linux", "python": "3.11"},
            "packages": {"locust": "2.47"},
        },
    }
    only = command.page({"simulated": {**about, "figures": _kept()}})
    assert "## Simulated runs" in only
    assert "## Real runs" not in only
    assert "| 10 against 1 | 5.0 % |" in only
    # log(1.1) is 4.83 errors of 3 % * sqrt(1/10 + 1/3); tables of the normal distribution have
    # 2.734 for 2.5 % of four, both sides, and 3.102 for 2.5 % of thirteen.
    assert "| 10 against 3 | 2% | p95 of all | 3.0 % | 90.0 % | 98.2 % | 0 | 0.0 % |" in only
    assert "| 2% | p95 of one endpoint | 3.0 % | 80.0 % | 95.8 % | 0 | 0.0 % |" in only
    assert "| 10 against 3 | 2% | nothing | 0.0 % | 90.0 % | 10.0 % |" in only
    assert "| 10 against 3 | 2% | one endpoint, +10% | 90.0 % | 0.0 % | 10.0 % |" in only
    assert "| 10 against 3 | +8 % | +8 % | +8 % | none below +100 % |" in only
    both = command.page(
        {
            "simulated": {**about, "figures": _kept()},
            "real": {
                **about,
                "figures": {"seconds": 60, "users": 20, **real.judged(_shop())},
            },
        }
    )
    assert "| 10 against 1 | 10 | 0 | " in both
    assert "All endpoints together have " in both
    assert "`make verdicts ONLY=real`, 2026-11-27, swarmscope 0.1.0, 10 min on 2 processors" in both
