"""Doors for operators: one file a command."""
