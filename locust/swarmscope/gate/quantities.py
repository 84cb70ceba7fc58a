"""Numbers of sentences with their units, and what is wrong with others."""

from swarmscope.gate.metrics import ENDS, FAILURES, Metric, Unit, ends_of
from swarmscope.gate.threshold import Limit
from swarmscope.gate.tokens import Token

_MS = {"us": 1e-3, "µs": 1e-3, "μs": 1e-3, "ms": 1.0, "s": 1e3, "m": 6e4, "min": 6e4, "h": 3.6e6}
_LONG_S = {"s": 1, "m": 60, "min": 60, "h": 3600}
_LONGEST_S = 7 * 24 * 3600
_UNITS = {
    Unit.TIME: ("a time", "300ms or 1.5s"),
    Unit.SHARE: ("a share", "1%"),
    Unit.COUNT: ("a number", "10, without a unit"),
    Unit.RATE: ("a rate", "100/s"),
    Unit.INDEX: ("a number from 0 to 1", "0.9"),
    Unit.STORED: ("a number as it is stored", "80, or 80% where percent are stored"),
}


def seconds(token: Token) -> int:
    """Return the whole seconds of a stretch of time: 10s, 5m, 1h."""
    length = _LONG_S.get(token.unit)
    if token.kind != "number" or not token.text.isdigit() or length is None:
        token.fail(f"a stretch of time is written like 10s, 5m or 1h, not {token}")
    if not 0 < int(token.text) * length <= _LONGEST_S:
        token.fail("a stretch of time is longer than nothing, and no longer than a week")
    return int(token.text) * length


def refuse_settled(limit: Limit, metric: Metric, token: Token) -> None:
    """Refuse a limit that every run keeps, or none, whatever is measured."""
    least, most = ends_of(metric)
    beyond, end = ("below", least) if limit.operator in ("<", ">=") else ("above", most)
    if limit.value != end or limit.operator in ("==", "!="):
        return
    every = "every run keeps" if "=" in limit.operator else "no run keeps"
    meant = {"<": "==", ">": "==", ">=": ">", "<=": "<"}[limit.operator]
    token.fail(
        f"{every} `{limit.operator} {token}`, since {metric} is never {beyond} {token}: did you "
        f"mean `{meant} {token}`?"
    )


def beside_baseline(operator: Token, token: Token, metric: Metric) -> Limit:
    """Return the limit `+10% of baseline`, of which *token* is the share; refuse one of no use."""
    value = number(token) / 100
    if operator.text in ("==", "!="):
        operator.fail(
            f"runs of one build differ: relative to a baseline {metric} takes <= or >=, not "
            f"{operator}"
        )
    if str(metric) == "dropped_arrivals":
        token.fail(f"{metric} is compared with no other run's: write a number, like `== 0`")
    up = operator.text.startswith(">")
    if up and str(metric) in FAILURES:
        operator.fail(f"fewer are better: relative to a baseline {metric} takes <=, not {operator}")
    if value <= -1:
        every = "every run keeps" if up else "no run keeps"
        token.fail(
            f"{every} `{operator} {token} of baseline`, since nothing is less than 0: write more "
            "than -100%"
        )
    return Limit(operator.text, value, relative=True)


def number(token: Token) -> float:
    """Return what *token* says, whatever its unit."""
    value = float(token.text)
    if abs(value) > 1e15:
        token.fail(f"{token} is more than anything that is measured")
    return value


def value_in(token: Token, unit: Unit, metric: Metric | None = None) -> float:
    """Return the value that *token* states in *unit*, which is *metric*'s."""
    what, like = _UNITS[unit]
    of = f"{metric} is {what}" if metric else f"here is {what}"
    if token.kind != "number":
        token.fail(f"{of}: write {like}, not {token}")
    factors = {
        Unit.TIME: _MS,
        Unit.SHARE: {"%": 0.01},
        Unit.COUNT: {"": 1.0},
        Unit.RATE: {"/s": 1.0},
        Unit.INDEX: {"": 1.0},
        Unit.STORED: {"": 1.0, "%": 1.0},
    }[unit]
    if token.unit not in factors:
        missing = "" if token.unit else ", and the unit is missing"
        token.fail(f"{of}{missing}: write {like}, not {token}")
    value = number(token)
    # Divided where that is exact in more cases: 7 / 100 is what 0.07 is read as, 7 * 0.01 isn't.
    value = value / 100 if unit is Unit.SHARE else value * factors[token.unit]
    least, most = ENDS.get(unit, (None, None))
    if least is not None and value < least:
        token.fail(f"{of}: it is never negative")
    if most is not None and value > most:
        token.fail(f"{of}: it is never more than {'100%' if unit is Unit.SHARE else '1'}")
    return value
