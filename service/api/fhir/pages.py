"""Bundles of search results and of histories, with their links."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import quote, urlencode

from fastapi import Request

from service.api.addresses import origin_of
from service.api.fhir import BASE
from service.api.fhir.present.parts import instant
from service.api.fhir.shown import Shown
from service.parts import Kith


def base_of(request: Request, kith: Kith, below: str = BASE) -> str:
    """The address of the doors `below` as the caller reaches them, without a stroke at the end."""
    return f"{origin_of(request, kith.settings)}{below}"


def search_link(base: str, kind: str, pairs: Iterable[tuple[str, str]]) -> str:
    """The address of a page."""
    query = urlencode(list(pairs), quote_via=quote, safe=":/|,")
    return f"{base}/{kind}?{query}" if query else f"{base}/{kind}"


def searchset(
    base: str,
    *,
    found: Sequence[Shown],
    included: Sequence[Shown],
    total: int,
    links: dict[str, str],
    upto: datetime,
) -> dict[str, Any]:
    """A page of results, each resource once; what is included comes after what matches."""
    seen: set[str] = set()
    entries: list[dict[str, Any]] = []
    for mode, shown in [("match", each) for each in found] + [("include", e) for e in included]:
        url = _url(base, shown)
        if url not in seen:
            seen.add(url)
            entries.append({"fullUrl": url, "resource": shown.resource, "search": {"mode": mode}})
    bundle: dict[str, Any] = {
        "resourceType": "Bundle",
        "meta": {"lastUpdated": instant(upto)},
        "type": "searchset",
        "total": total,
        "link": [{"relation": name, "url": url} for name, url in links.items()],
    }
    return {**bundle, "entry": entries} if entries else bundle


def history(base: str, kind: str, identity: str, versions: Sequence[Shown]) -> dict[str, Any]:
    """Every version of one resource, newest first."""
    url = f"{base}/{kind}/{quote(identity)}"
    first = min(each.version for each in versions)
    return {
        "resourceType": "Bundle",
        "type": "history",
        "total": len(versions),
        "link": [{"relation": "self", "url": f"{url}/_history"}],
        "entry": [
            _version(url, kind, identity, each, is_first=each.version == first) for each in versions
        ],
    }


def _version(url: str, kind: str, identity: str, shown: Shown, *, is_first: bool) -> dict[str, Any]:
    response = {"status": "201" if is_first else "200", "etag": f'W/"{shown.version}"'}
    if shown.updated_at is not None:
        response["lastModified"] = instant(shown.updated_at)
    made = {"method": "POST", "url": kind}
    changed = {"method": "PUT", "url": f"{kind}/{identity}"}
    return {
        "fullUrl": url,
        "resource": shown.resource,
        "request": made if is_first else changed,
        "response": response,
    }


def _url(base: str, shown: Shown) -> str:
    return f"{base}/{shown.resource['resourceType']}/{shown.resource['id']}"
