"""Referrals, from the practice's request to the reply."""
