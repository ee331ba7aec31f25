"""Kith: a community asset register, referrals matched by need and distance, maps per practice."""
