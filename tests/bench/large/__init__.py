"""What happens beyond the demo's size; `make large` runs it and writes docs/scale.md."""
