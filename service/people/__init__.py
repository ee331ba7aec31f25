"""The person, only what is needed of them, and what they agreed to."""
