"""What a run leaves behind: a report in one file, and a summary for the terminal."""
