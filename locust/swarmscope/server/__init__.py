"""`swarmscope serve`: InfluxDB's write protocol, the catalogue's answers and the live page."""
