"""From needs and circumstances to a ranked, explained list: plain data in, plain data out."""
