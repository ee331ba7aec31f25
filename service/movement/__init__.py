"""How an unmet need becomes a new group."""
