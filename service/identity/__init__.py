"""Who is asking, what they may do, what they may see, and the record of it."""
