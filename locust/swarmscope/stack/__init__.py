"""What runs inside the Compose stack's containers, beside the servers."""
