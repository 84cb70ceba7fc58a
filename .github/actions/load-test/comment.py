"""Write the one comment of this test on the pull request: `comment.py FILE`.

The file's first line marks it: a comment that the same author wrote before is changed, wherever
among the others it is. A token that may not write comments, as that of a fork's pull request, is no
error: the job's summary has the same text.
"""

import json
import os
import re
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

_NEXT = re.compile(r'<([^>]+)>;\s*rel="next"')
_MOST_SIGNS = 65_000
"""GitHub takes 65,536."""
_TIMEOUT_S = 30


def ask(url: str, method: str = "GET", body: object = None) -> tuple[Any, str]:
    """Return what GitHub answers, and where the next page is, or nothing."""
    headers = {
        "Authorization": f"Bearer {os.environ['TOKEN']}",
        "Accept": "application/vnd.github+json",
        "X-GitHub-Api-Version": "2022-11-28",
        "Content-Type": "application/json",
    }
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data, headers, method=method)  # noqa: S310 - GitHub's own
    with urllib.request.urlopen(request, timeout=_TIMEOUT_S) as answer:  # noqa: S310
        following = _NEXT.search(answer.headers.get("Link") or "")
        return json.load(answer), following[1] if following else ""


def comments(url: str) -> Iterator[dict[str, Any]]:
    """Yield all comments, page by page: a long discussion has more than one."""
    url = f"{url}?per_page=100"
    while url:
        page, url = ask(url)
        yield from page


def write(text: str, number: int) -> str:
    """Write *text* into the one comment on the pull request, and return where that is."""
    marker = text.splitlines()[0]
    author = os.environ["COMMENT_AUTHOR"]
    api = f"{os.environ['GITHUB_API_URL']}/repos/{os.environ['GITHUB_REPOSITORY']}/issues"
    if len(text) > _MOST_SIGNS:
        text = f"{text[:_MOST_SIGNS]}\n\n…"
    for one in comments(f"{api}/{number}/comments"):
        # Whoever else has the marker in a comment only quotes it.
        if (one.get("user") or {}).get("login") == author and one["body"].startswith(marker):
            return str(ask(f"{api}/comments/{one['id']}", "PATCH", {"body": text})[0]["html_url"])
    return str(ask(f"{api}/{number}/comments", "POST", {"body": text})[0]["html_url"])


def main() -> int:
    """Write the comment; return the exit code."""
    event = json.loads(Path(os.environ["GITHUB_EVENT_PATH"]).read_text(encoding="utf-8"))
    text = Path(sys.argv[1]).read_text(encoding="utf-8")
    try:
        print(f"The verdict is at {write(text, event['pull_request']['number'])}")
    except urllib.error.HTTPError as error:
        if error.code not in (401, 403, 404):
            raise
        print(
            "::notice title=Load test::The verdict is in this job's summary, and no comment: this "
            f"token may not write one ({error.code}). That is so for forks; else the job needs "
            "pull-requests: write."
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
