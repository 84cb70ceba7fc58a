"""Recording: from requests to windows, histograms, points and lines; no I/O, no locks."""
