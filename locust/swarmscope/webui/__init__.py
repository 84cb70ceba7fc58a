"""Locust's web UI as a program uses it: its API, its login, one test from start to end."""
