"""Mutation guided by coverage (atheris: libFuzzer): encoder against parser, and parser alone.

Optional: `pip install atheris`, where there is a wheel for this Python. In a process of its own,
because libFuzzer ends the one that it runs in.
"""

import importlib.util
import subprocess
import sys


def guided(seconds: int) -> None:
    """Fuzz for *seconds*; say how often, or why not."""
    if importlib.util.find_spec("atheris") is None:
        sys.stdout.write("guided by coverage: atheris isn't installed (pip install atheris)\n")
        return
    done = subprocess.run(
        [sys.executable, "-m", "tests.fuzz.guided", f"-max_total_time={seconds}", "-max_len=4096"],
        capture_output=True,
        text=True,
        check=False,
    )
    summary = [line for line in done.stderr.splitlines() if line.startswith("Done")]
    if done.returncode or not summary:
        sys.exit(f"guided by coverage: it found something:\n{done.stderr[-8_000:]}")
    sys.stdout.write(f"guided by coverage: {summary[-1]}, and nothing was found\n")


def main() -> None:
    """Hand this process to libFuzzer."""
    import atheris  # noqa: PLC0415 - optional

    with atheris.instrument_imports(include=["swarmscope"]):
        from swarmscope.embedded.parser import ParseError, TooLargeError, parse  # noqa: PLC0415
        from swarmscope.recording.failures import reason_of  # noqa: PLC0415
        from swarmscope.recording.naming import template  # noqa: PLC0415
        from swarmscope.redaction import redact  # noqa: PLC0415
        from tests.fuzz.cases import Case  # noqa: PLC0415
        from tests.fuzz.stores import Parser, check  # noqa: PLC0415

    def one(data: bytes) -> None:
        provider = atheris.FuzzedDataProvider(data)
        if provider.ConsumeBool():
            try:
                parse(data.decode("utf-8", "replace"), "s", 0)
            except (ParseError, TooLargeError):
                return
            return
        tags = {
            key: provider.ConsumeUnicode(40)
            for key in ("name", "reason", provider.ConsumeUnicode(12) or "own")
            if key not in ("time", "_field", "_measurement")
        }
        text = provider.ConsumeUnicode(200)
        number = provider.ConsumeRegularFloat()
        case = Case(tags, text, number, provider.ConsumeInt(9), provider.ConsumeBool(), 1)
        check(Parser(), [case])
        if template(template("/" + text)) != template("/" + text) or len(reason_of(text)) > 120:
            raise AssertionError(ascii(text))
        redact(text)

    atheris.Setup(sys.argv, one)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
