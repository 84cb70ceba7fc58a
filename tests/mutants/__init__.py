"""How much of the core the tests hold: `make mutants`."""
