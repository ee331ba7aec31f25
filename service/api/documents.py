"""How failures appear in the OpenAPI document: one model, with an example for each status."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from service.api.problems import MEDIA_TYPE


class Problem(BaseModel):
    """An answer that says what was wrong and what to do (RFC 9457). More members may follow."""

    model_config = ConfigDict(extra="allow")

    type: str = Field(description="A stable address that names the kind of problem.")
    title: str
    status: int
    detail: str = Field(description="What was wrong with this request, and how to put it right.")


_EXAMPLES: dict[int, tuple[str, str, str, str]] = {
    400: (
        "The body is not JSON",
        "body-not-json",
        "The body is not JSON",
        "The body could not be read as JSON. Check commas, quotes and brackets.",
    ),
    401: (
        "No token, or one that does not work",
        "token-invalid",
        "The token was not accepted",
        "The token is not known or no longer valid. Ask for a new one.",
    ),
    403: (
        "Not for this token",
        "not-allowed",
        "Not allowed",
        "This token is not for practice N81019. Use a token of that practice.",
    ),
    404: (
        "Not there, or not yours",
        "not-found",
        "Not found",
        "There is no such referral, or it is not yours to see.",
    ),
    413: (
        "Too large",
        "body-too-large",
        "The body is too large",
        "A request may have at most 1,000,000 bytes. Send less at a time.",
    ),
    422: (
        "Something in the request is wrong",
        "need-unknown",
        "That need is not in the list",
        "Need number 1 is not a code of the list of needs. Did you mean loneliness_isolation?",
    ),
    503: (
        "Busy or not ready",
        "store-busy",
        "Busy, try again",
        "The database is busy. Nothing was saved; try again in a moment.",
    ),
}


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The `responses` of an endpoint for these failures."""
    found: dict[int | str, dict[str, Any]] = {}
    for status in statuses:
        description, slug, title, detail = _EXAMPLES[status]
        example = {
            "type": f"/problems/{slug}",
            "title": title,
            "status": status,
            "detail": detail,
        }
        found[status] = {
            "description": description,
            "content": {
                MEDIA_TYPE: {
                    "schema": Problem.model_json_schema(),
                    "example": example,
                }
            },
        }
    return found
