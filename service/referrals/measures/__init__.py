"""Outcome measures: what may be asked, and what the answers come to."""
