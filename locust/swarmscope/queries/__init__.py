"""The catalogue of questions: each one a file in SQL and one in Flux, with the same answer."""
