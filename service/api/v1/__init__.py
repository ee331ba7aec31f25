"""Kith's own JSON API, version 1."""
