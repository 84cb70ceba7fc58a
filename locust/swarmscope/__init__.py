"""swarmscope: load-test results and the machines' own metrics on one time axis."""
