"""The example town, code lists and where each came from."""
