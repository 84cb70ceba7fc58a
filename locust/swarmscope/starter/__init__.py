"""A starter folder for a user's own test: sources are read, a locustfile and what it needs written.

A source is a description of a service or a recording of its requests. Its texts are anybody's: none
of them becomes code, and no credential in it is written down.
"""
