"""A recording of a browser, or of a proxy: the requests of a HAR, without what browsers add.

Locust's own har2locust isn't used: it writes Cookie and Authorization as they are, and puts what
the file says between the quotes of a template unescaped; each URL is a series of its own.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlencode, urlsplit

from swarmscope.starter.hosts import origin_of
from swarmscope.starter.recording import Recording, Sent
from swarmscope.starter.refusal import refused
from swarmscope.starter.source import METHODS, Source
from swarmscope.words import count_of

_PARTS_OF_PAGES = {"font", "image", "manifest", "media", "script", "stylesheet", "texttrack"}
_PARTS_BY_ENDING = (".css", ".gif", ".ico", ".jpeg", ".jpg", ".js", ".map", ".mjs", ".mp4", ".png",
                    ".svg", ".ttf", ".webp", ".woff", ".woff2")  # fmt: skip
_LONGEST_BODY = 10_000
_ELSEWHERE, _PART, _FAILED = "to other hosts", "for parts of pages (images, scripts)", "that failed"


def source(found: Any, file: str, wanted: str = "") -> Source:
    """Return the requests that the HAR *found* has of one host.

    *wanted*: that host; by default the one of the first page, or of the first request.

    Raises:
        ConfigurationError: it is no HAR, or has none of these.

    """
    log = found.get("log") if isinstance(found, dict) else None
    entries = log.get("entries") if isinstance(log, dict) else None
    if not isinstance(entries, list):
        raise refused(file, "is no recording (HAR): it has no log with entries", "Save one anew.")
    usable = [entry for entry in entries if _is_request(entry)]
    origins = [origin_of(entry["request"]["url"]) for entry in usable]
    host = wanted if wanted and wanted in origins else _first(usable)
    recording, left_out = Recording(), Counter[str]()
    for entry, origin in zip(usable, origins, strict=True):
        why = _ELSEWHERE if not origin or origin != host else _why_not(entry)
        if why:
            left_out[why] += 1
        else:
            recording.add(_sent(entry["request"]))
    calls = recording.calls()
    if not calls:
        raise refused(
            file,
            "has no request that a load test could send" + _told(left_out),
            "Record one: open the page with the browser's network tools, and save all as HAR.",
        )
    notices = [f"Left out{_told(left_out)}."] if left_out else []
    if recording.redacted:
        notices.append(
            f"{count_of(recording.redacted, 'request')} had a password or the like in a path or a "
            "body: *** stands there now, for a test account of yours."
        )
    return Source(f"The recording {file}", file, calls, host, recording.credentials, notices)


def _told(left_out: Counter[str]) -> str:
    told = ", ".join(f"{count_of(times, 'request')} {why}" for why, times in left_out.items())
    return f": {told}" if told else ""


def _is_request(entry: Any) -> bool:
    request = entry.get("request") if isinstance(entry, dict) else None
    if not isinstance(request, dict) or not isinstance(request.get("url"), str):
        return False
    return str(request.get("method")).upper() in METHODS


def _first(entries: list[Any]) -> str:
    """Return the host of the first page, or else of the first request that has one.

    What leads elsewhere is no page, though it says that it is one.
    """
    pages = [one for one in entries if _mime(one).startswith("text/html") and _status(one) < 300]
    origins = (origin_of(entry["request"]["url"]) for entry in [*pages, *entries])
    return next(filter(None, origins), "")


def _why_not(entry: Mapping[str, Any]) -> str:
    kind, mime = str(entry.get("_resourceType", "")), _mime(entry)
    path = urlsplit(entry["request"]["url"]).path.lower()
    if (
        kind in _PARTS_OF_PAGES
        or mime.startswith(("image/", "font/", "audio/", "video/", "text/css"))
        or "javascript" in mime
        or path.endswith(_PARTS_BY_ENDING)
    ):
        return _PART
    return "" if 0 < _status(entry) < 400 else _FAILED


def _status(entry: Mapping[str, Any]) -> int:
    # Who recorded requests alone knows of none.
    status = _dict(entry.get("response")).get("status", 200)
    return status if isinstance(status, int) else 200


def _mime(entry: Mapping[str, Any]) -> str:
    return str(_dict(_dict(entry.get("response")).get("content")).get("mimeType", "")).lower()


def _sent(request: Mapping[str, Any]) -> Sent:
    headers = list(_pairs(request.get("headers")))
    posted = _dict(request.get("postData"))
    mime, text = str(posted.get("mimeType", "")), str(posted.get("text") or "")
    fields = list(_pairs(posted.get("params")))
    lacking = ""
    if len(text) > _LONGEST_BODY or (fields and not text and "urlencoded" not in mime):
        # Of what was uploaded a HAR has no more than the begin.
        text, lacking = "", f"a body of {mime.partition(';')[0]}"
    elif fields and not text:
        text = urlencode(fields)
    if text and mime and not any(name.lower() == "content-type" for name, _ in headers):
        headers.append(("Content-Type", mime))
    return Sent(str(request["method"]).upper(), request["url"], headers, text, lacking)


def _pairs(listed: Any) -> Iterator[tuple[str, str]]:
    for one in listed if isinstance(listed, list) else []:
        if isinstance(one, dict) and one.get("name"):
            yield str(one["name"]), str(one.get("value", ""))


def _dict(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}
