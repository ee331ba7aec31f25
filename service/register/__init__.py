"""What a community has, and how sure we are of it."""
