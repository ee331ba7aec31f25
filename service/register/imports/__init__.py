"""Taking in what other people keep: asset files, NHS organisations, list sizes."""
