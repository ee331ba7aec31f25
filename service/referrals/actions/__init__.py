"""The only code that changes anything about a referral, one module for each part of the work."""

from service.referrals.actions.refer import Received, refer, show

__all__ = ["Received", "refer", "show"]
