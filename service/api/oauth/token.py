"""`POST /oauth2/token`: a token of some minutes for an assertion signed by a registered system."""

from __future__ import annotations

import time
import uuid
from typing import Annotated, Any
from urllib.parse import parse_qsl

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field

from service.api.addresses import TOKEN_PATH, token_url
from service.api.context import KithDep
from service.api.documents import READING, problems
from service.api.oauth import refusals
from service.api.oauth.refusals import ASSERTION_TYPE, NO_STORE, TokenRefused
from service.api.oauth.refusals import Request as Wrong
from service.identity import access_tokens, assertions
from service.identity.access_tokens import Issued
from service.identity.assertions import Assertion, Fault
from service.identity.client_check import check_signed, issuer_of
from service.identity.clients import ClientRegistered, client_named
from service.identity.errors import AssertionRefused, BadScope, TooMany
from service.identity.scopes import granted, read_scopes
from service.parts import Kith

router = APIRouter(tags=["tokens"])

FORM = "application/x-www-form-urlencoded"
_PARAMETERS = ("grant_type", "client_assertion_type", "client_assertion", "scope")


class TokenTold(BaseModel):
    """An access token (RFC 6749, section 5.1). There is no refresh token: ask for another."""

    access_token: str
    token_type: str = Field("Bearer", examples=["Bearer"])
    expires_in: int = Field(access_tokens.LASTS_S, description="Seconds.")
    scope: str = Field(description="What it reaches; it may be less than was asked for.")


class TokenRefusedTold(BaseModel):
    """Why there is none (RFC 6749, section 5.2)."""

    error: str
    error_description: str
    message_id: str = Field(description="To ask about it by; also the X-Request-Id.")


class TokenAsked(BaseModel):
    """The form of a request."""

    grant_type: str = Field(description="client_credentials", examples=["client_credentials"])
    client_assertion_type: str = Field(description=ASSERTION_TYPE, examples=[ASSERTION_TYPE])
    client_assertion: str = Field(
        description="A JWT signed with RS384, ES384 or RS512: iss and sub the client id, aud this "
        "address, a jti of its own, exp at most 300 seconds ahead; kid and typ in its header."
    )
    scope: str = Field(description="Blank-separated.", examples=["system/ServiceRequest.crs"])


class Form:
    """What was sent: each parameter once, and what is wrong with the form as a form."""

    def __init__(self, values: dict[str, str], wrong: Wrong | None = None) -> None:
        self.values = values
        self.wrong = wrong

    def get(self, name: str) -> str:
        """A parameter; empty when it was not given."""
        return self.values.get(name, "")


async def form_of(request: Request) -> Form:
    """The form in the body of a request; nothing is refused yet."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    body = await request.body()
    if kind != FORM:
        return Form({}, Wrong.NOT_A_FORM)
    try:
        pairs = parse_qsl(body.decode("utf-8"), keep_blank_values=True, max_num_fields=50)
    except ValueError:
        return Form({}, Wrong.NOT_A_FORM)
    values = dict(pairs)
    return Form(values, Wrong.TWICE if len(values) != len(pairs) else None)


_REFUSED: dict[str, Any] = {
    "model": TokenRefusedTold,
    "description": "No token; the description says what to put right",
}


@router.post(
    TOKEN_PATH,
    summary="An access token for a signed assertion",
    response_model=TokenTold,
    responses={
        400: _REFUSED,
        401: {**_REFUSED, "description": "No token: it is not known who asks"},
        429: {**_REFUSED, "description": "Refused too often; `Retry-After` says how long to wait"},
        **problems("body-too-large", *READING),
    },
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {FORM: {"schema": TokenAsked.model_json_schema()}},
        }
    },
)
def post_token(
    request: Request, kith: KithDep, form: Annotated[Form, Depends(form_of)]
) -> Response:
    """Who asks shows it by a signature, never by a secret that both sides know.

    An assertion is taken once. A system that is registered in NHS mode signs with RS512, and is
    told of failures to show who it is as `invalid_request`; others as `invalid_client`.
    """
    assertion, client = _whoever(kith, form.get("client_assertion"))
    nhs = client.nhs_mode if client else kith.settings.token_errors == "nhs"  # noqa: S105
    address = request.client.host if request.client else ""
    whose = f"{address}|{client.client_id if client else ''}"
    message_id = str(getattr(request.state, "request_id", "") or uuid.uuid4())
    try:
        with kith.store.read() as session:
            access_tokens.require_patience(session, whose)
        issued = _issue(kith, form, assertion, client, nhs, token_url(request, kith.settings))
    except TokenRefused as refusal:
        try:
            with kith.store.work() as work:
                access_tokens.note_refusal(
                    work,
                    whose=whose,
                    client=client,
                    what="access_token.refused",
                    why=refusal.what.name,
                )
        except TooMany as over:
            return _too_many(over, message_id, nhs)
        return refusals.told(refusal.what, message_id=message_id, nhs=nhs, words=refusal.message)
    except TooMany as over:
        return _too_many(over, message_id, nhs)
    told = TokenTold(access_token=issued.secret, scope=" ".join(sorted(issued.scopes)))
    return JSONResponse(told.model_dump(), headers=NO_STORE)


def _whoever(kith: Kith, text: str) -> tuple[Assertion | None, ClientRegistered | None]:
    """The assertion if it can be read, and whom it names: only to know in which words to refuse."""
    try:
        assertion = assertions.read(text)
    except AssertionRefused:
        return None, None
    named = issuer_of(assertion)
    if not named:
        return assertion, None
    with kith.store.read() as session:
        client = client_named(session, named)
    # An issuer is who signs for CDS Hooks; here it is the client id alone.
    return assertion, client if client is not None and client.client_id == named else None


def _issue(
    kith: Kith,
    form: Form,
    assertion: Assertion | None,
    client: ClientRegistered | None,
    nhs: bool,
    audience: str,
) -> Issued:
    _check_form(form)
    if assertion is None:
        raise TokenRefused(Fault.MALFORMED)
    try:
        client, jti = check_signed(
            assertion,
            client,
            taken=assertions.NHS if nhs else assertions.SMART,
            audiences=frozenset({audience}),
            key_sets=kith.key_sets,
            now_s=time.time(),
        )
        scopes = _scopes(form, client)
        with kith.store.work() as work:
            return access_tokens.issue(
                work,
                client=client,
                scopes=scopes,
                assertion_id=jti,
                ends_s=assertions.ends_s(assertion),
            )
    except AssertionRefused as refusal:
        fault = Fault[str(refusal.fields["fault"])]
        raise TokenRefused(fault, refusal.message) from refusal


def _check_form(form: Form) -> None:
    if form.wrong is not None:
        raise TokenRefused(form.wrong)
    if not form.get("grant_type"):
        raise TokenRefused(Wrong.GRANT_MISSING)
    if form.get("grant_type") != "client_credentials":
        raise TokenRefused(Wrong.GRANT_INVALID)
    if form.get("client_assertion_type") != ASSERTION_TYPE:
        raise TokenRefused(Wrong.TYPE)
    if not form.get("client_assertion"):
        raise TokenRefused(Wrong.ASSERTION_MISSING)


def _scopes(form: Form, client: ClientRegistered) -> frozenset[str]:
    """What is asked for and allowed. The NHS asks without scopes: it then gets all it may have."""
    asked = form.get("scope")
    if not asked.strip():
        if client.nhs_mode:
            return client.scopes
        raise TokenRefused(Wrong.SCOPE_MISSING)
    try:
        scopes = granted(read_scopes(asked), client.scopes)
    except BadScope as error:
        raise TokenRefused(Wrong.SCOPE_INVALID, f"scope is invalid - {error.message}") from error
    if not scopes:
        raise TokenRefused(Wrong.SCOPE_BEYOND)
    return scopes


def _too_many(over: TooMany, message_id: str, nhs: bool) -> Response:
    wait_s = over.fields.get("retry_after_s", 0)
    return refusals.told(
        Wrong.TOO_MANY,
        message_id=message_id,
        nhs=nhs,
        wait_s=wait_s if isinstance(wait_s, int) else 1,
    )
