"""What can be wrong with a call of a hook."""

from __future__ import annotations

from service.api.errors import RequestError


class PrefetchMissing(RequestError):
    """What the service needs to know was not sent with the call, and is not fetched."""

    slug = "prefetch-missing"
    title = "Something needed was not sent"


class HookMismatch(RequestError):
    """The call is for another hook than the service's, or its context is not whole."""

    slug = "hook-mismatch"
    title = "Not a call of this service"
