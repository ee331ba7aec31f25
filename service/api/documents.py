"""How failures appear in the OpenAPI document: one model, with an example for each status."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from service.api.problems import MEDIA_TYPE, UNFORESEEN


class Problem(BaseModel):
    """An answer that says what was wrong and what to do (RFC 9457). More members may follow."""

    model_config = ConfigDict(extra="allow")

    type: str = Field(description="A stable address that names the kind of problem.")
    title: str
    status: int
    detail: str = Field(description="What was wrong with this request, and how to put it right.")


# By slug: the sentence is one that the error itself says.
_EXAMPLES: dict[str, tuple[str, int, str, str]] = {
    "body-not-json": (
        "The body is not JSON",
        400,
        "The body is not JSON",
        "The body could not be read as JSON. Check commas, quotes and brackets, from about "
        "character 17 on.",
    ),
    "token-invalid": (
        "No token, or one that does not work",
        401,
        "The token was not accepted",
        "The token is not known or no longer valid. Ask for a new one.",
    ),
    "assertion-refused": (
        "Not signed, or not by a registered system",
        401,
        "The signed assertion was not accepted",
        "Invalid 'exp' claim in JWT - JWT has expired.",
    ),
    "prefetch-missing": (
        "What is needed was not sent",
        412,
        "Something needed was not sent",
        "Send the Patient as `prefetch.patient`.",
    ),
    "too-many": (
        "Refused too often; `Retry-After` says how long to wait",
        429,
        "Too many at once",
        "That was asked too often. Wait 30 seconds and try again; nothing is lost.",
    ),
    "not-allowed": (
        "Not for this token",
        403,
        "Not allowed",
        "This token is not for practice N81019. Use a token of that practice.",
    ),
    "not-found": (
        "Not there, or not yours",
        404,
        "Not found",
        "There is no such referral, or it is not yours to see.",
    ),
    "asset-unknown": (
        "Not in the register",
        404,
        "No such group",
        "There is no group with that code, or it is no longer listed. Search for it again.",
    ),
    "practice-unknown": (
        "Not in the register",
        404,
        "No such practice",
        "There is no practice A99999 in the register.",
    ),
    "body-too-large": (
        "Too large",
        413,
        "The body is too large",
        "A request may have at most 1,000,000 bytes. Send less at a time.",
    ),
    "media-type": (
        "Not said to be JSON",
        415,
        "Not a format Kith reads",
        "Send JSON, with `Content-Type: application/json`.",
    ),
    "need-unknown": (
        "Something in the request is wrong",
        422,
        "That need is not in the list",
        "Need number 1 is not a code of the list of needs. Did you mean loneliness_isolation?",
    ),
    "request-invalid": (
        "Something in the request is wrong",
        422,
        "Check the request",
        "Something is wrong with what stands after the “?”.",
    ),
    "unforeseen": (
        "A fault of Kith itself",
        500,
        "Something went wrong",
        UNFORESEEN,
    ),
    "store-busy": (
        "Busy or not ready; `Retry-After` says when to try again",
        503,
        "Busy, try again",
        "The database is busy. Nothing was saved; try again in a moment.",
    ),
    "store-out-of-date": (
        "Busy or not ready; `Retry-After` says when to try again",
        503,
        "The database needs upgrading",
        "The database is not ready for this version. Run `kith db upgrade`.",
    ),
    "store-full": (
        "No room on the server's disk",
        507,
        "No room left to save",
        "The disk is full. Nothing was saved; make room and try again.",
    ),
}

READING = ("unforeseen", "store-busy")
"""What can go wrong with anything that reads the database."""

SIGNED = ("token-invalid", *READING, "store-full")
"""The same for what needs a token, whose every use is written down."""

SENDING = ("body-not-json", "body-too-large", "media-type")
"""What can be wrong with a body."""


def problems(*slugs: str) -> dict[int | str, dict[str, Any]]:
    """The `responses` of an endpoint for these kinds of problem, one for each status."""
    found: dict[int | str, dict[str, Any]] = {}
    for slug in slugs:
        description, status, title, detail = _EXAMPLES[slug]
        example = {"type": f"/problems/{slug}", "title": title, "status": status, "detail": detail}
        found[status] = {
            "description": description,
            "content": {MEDIA_TYPE: {"schema": Problem.model_json_schema(), "example": example}},
        }
    return found
