"""The curves of response times by their share of requests, as a picture."""

import math
from collections.abc import Iterator, Sequence

Curve = Sequence[tuple[float, float]]
_WIDTH, _HEIGHT, _LEFT, _TOP = 720, 380, 70, 24
_PLOT_WIDTH, _PLOT_HEIGHT = 620, 290
_NINES = 3
_COLOURS = ("#888888", "#0b5394", "#b03a00")
_DASHES = ("7 5", "", "")


def svg(curves: Sequence[tuple[str, Curve]], most_ms: float) -> str:
    """Return the picture of named *curves*, the first of which is what was expected."""
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" '
        'font-family="sans-serif" font-size="13">',
        f'<rect width="{_WIDTH}" height="{_HEIGHT}" fill="#ffffff"/>',
        *_axes(most_ms),
        *(_line(i, name, curve, most_ms) for i, (name, curve) in enumerate(curves)),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _x(share: float) -> float:
    return _LEFT + _PLOT_WIDTH * min(_NINES, -math.log10(1 - share)) / _NINES


def _y(ms: float, most_ms: float) -> float:
    return _TOP + _PLOT_HEIGHT * (1 - ms / most_ms)


def _axes(most_ms: float) -> Iterator[str]:
    bottom = _TOP + _PLOT_HEIGHT
    for share, name in (
        (0.0, "all"),
        (0.5, "50 %"),
        (0.9, "90 %"),
        (0.99, "99 %"),
        (0.999, "99.9 %"),
    ):
        x = _x(share)
        yield f'<path d="M{x:.1f} {_TOP}V{bottom}" stroke="#dddddd"/>'
        yield _text(x, bottom + 20, "middle", name)
    for ms in range(0, int(most_ms) + 1, 500):
        y = _y(ms, most_ms)
        yield f'<path d="M{_LEFT} {y:.1f}h{_PLOT_WIDTH}" stroke="#dddddd"/>'
        yield _text(_LEFT - 8, y + 4, "end", f"{ms} ms")
    told = "this share of the requests was answered within …"
    yield _text(_LEFT + _PLOT_WIDTH / 2, bottom + 44, "middle", told)


def _text(x: float, y: float, anchor: str, text: str) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="#333333">{text}</text>'


def _line(number: int, name: str, curve: Curve, most_ms: float) -> str:
    points = " ".join(f"{_x(share):.1f},{_y(ms, most_ms):.1f}" for share, ms in curve)
    colour, y = _COLOURS[number], _TOP + 22 + 22 * number
    dash = f' stroke-dasharray="{_DASHES[number]}"' if _DASHES[number] else ""
    return (
        f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="2.5"{dash}/>\n'
        f'<path d="M{_LEFT + 14} {y}h28" stroke="{colour}" stroke-width="2.5"{dash}/>'
        + _text(_LEFT + 50, y + 4, "start", name)
    )
