"""Figures about a place, each passed through disclosure control."""
