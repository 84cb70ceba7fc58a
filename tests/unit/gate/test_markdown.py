"""A verdict as Markdown: nobody's name is obeyed in it."""

from tests.unit.gate.verdicts import BROKEN, DOUBT, GET_A, KEPT, UNKNOWN, WARNED, judged, verdict

from swarmscope.gate.evaluation import Outcome
from swarmscope.gate.markdown import escaped, markdown


def test_what_isn_t_kept_comes_first() -> None:
    told = markdown(verdict(KEPT, UNKNOWN, WARNED, BROKEN, doubts=DOUBT)).splitlines()
    assert told[0].startswith("❔ **Run r is inconclusive: a load generator was saturated")
    assert told[2] == "- a load generator was saturated"
    assert [line.split("|")[1].strip() for line in told[6:]] == ["⚠️", "❌", "❔", "✅"]
    assert told[7] == "| ❌ | p95 &lt; 300ms | 423 ms |"


def test_of_many_there_are_the_first() -> None:
    told = markdown(verdict(*[KEPT] * 53)).splitlines()
    assert told[-1] == "and 3 more"
    assert sum(line.startswith("| ✅") for line in told) == 50


def test_a_name_is_text() -> None:
    told = markdown(verdict(judged(Outcome.BROKEN, endpoint=GET_A)))
    assert "GET /a\\|\\*&lt;b\\>\\*" in told
    assert escaped("a\nb <!-- @all `x`") == "a b &lt;\\!-- @\u200ball \\`x\\`"
