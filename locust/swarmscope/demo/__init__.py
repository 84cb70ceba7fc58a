"""The demo: a small web shop, a load on it, and everything that measures both."""
