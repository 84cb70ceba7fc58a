"""Tables and shares, as the page has them."""

from collections.abc import Iterable, Iterator, Sequence


def share(of_one: float) -> str:
    """Return a share in percent."""
    return f"{100 * of_one:.1f} %"


def rows(head: Sequence[str], body: Iterable[Sequence[str]]) -> Iterator[str]:
    """Yield the lines of a table."""
    for row in (head, ["---"] * len(head), *body):
        yield f"| {' | '.join(row)} |"
