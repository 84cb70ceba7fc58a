"""How often comparisons of runs are right: of simulated runs and of real ones."""
