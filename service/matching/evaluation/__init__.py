"""How well notes are read: predictions, metrics, baselines and intervals, on any labelled file."""
