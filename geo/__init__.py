"""A spatial library for Great Britain that knows nothing of people or referrals."""
