"""What stands between other machines and the stack's servers: a door, and who reads what comes."""
