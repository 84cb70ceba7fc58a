"""The part of a process in its runs."""

from swarmscope.agent.worker import WorkerAgent
from swarmscope.recording.reports import Report


class Role:
    """One process's part in its runs, beside measuring its own requests; this one leads nobody."""

    unnamed = ""
    """The ``worker`` of what the process logs before its first run."""

    def listen(self, worker: WorkerAgent) -> bool:
        """Listen to Locust's page and messages; return whether *worker* was told to start."""
        del worker
        return False

    def ask(self) -> None:
        """Ask which run goes on, and what the time is, if somebody else knows."""

    def report(self, report: Report) -> None:
        """Tell what this process counted to whoever merges it, if anybody does."""

    def begin(self, worker: WorkerAgent) -> None:
        """Begin a run, before *worker* does."""

    def on_stopping(self) -> None:
        """Note that the run is about to end."""

    def on_quitting(self) -> None:
        """Note that the process is about to end."""

    def on_stop(self) -> None:
        """End the run."""

    def on_reset(self) -> None:
        """Note that Locust's statistics were reset."""

    def tick(self) -> None:
        """Do what is due once a second."""

    def merge(self) -> None:
        """Write what others have told since `tick`; once a second."""

    def hear_out(self) -> None:
        """Wait a moment for what others tell at the end of a run."""

    def settle(self) -> None:
        """Tell what Locust's own statistics say at last."""

    def conclude(self) -> None:
        """Wait a little for the verdict on the newest run: the process is about to exit."""

    def judge(self) -> None:
        """Say what the newest run came to by its thresholds."""

    @property
    def exit_code(self) -> int | None:
        """What the process should end with; None: whatever Locust says."""
        return None

    def judge_again(self) -> None:
        """Judge the newest run anew."""

    def abandon(self) -> None:
        """Do nothing more, in a forked child."""
