"""The boards, a module each: which panels it shows, and those that it alone has."""
