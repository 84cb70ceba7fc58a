"""What the shop can be made to suffer from, while it runs: one fault each, with a size."""
