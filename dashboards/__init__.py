"""The generator of Grafana's boards: each panel asks what a file of the catalogue asks."""
