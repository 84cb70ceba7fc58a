"""What a run leaves behind: a report in one file, and a summary for the terminal."""

from swarmscope.report.html import file_name, render
from swarmscope.report.summary import Summary, summary

__all__ = ["Summary", "file_name", "render", "summary"]
