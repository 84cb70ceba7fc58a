"""An hour of a whole test on one machine: is every request stored, and is memory flat?"""
