"""Searching: parameters as they come, pages as they go, and the door between."""
