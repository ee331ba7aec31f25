"""The API against its own description: whatever fits or does not fit it, the answer is documented.

Schemathesis makes requests out of the OpenAPI document, right ones and wrong ones, and holds each
answer to it: never a fault, a status and a type that are described, a body that fits its schema.
"""

from collections.abc import Callable

import pytest
import schemathesis
from api_client import Api, referral_body
from cds_world import NEAR, Hooks
from client_world import system_for
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode
from schemathesis.checks import positive_data_acceptance
from schemathesis.specs.openapi.checks import ignored_auth
from town import WIDNES

pytest_plugins = ("api_fixtures",)

WITHOUT_PARAMETERS = (
    "GET /livez",
    "GET /readyz",
    "GET /fhir/R4/.well-known/smart-configuration",
    "GET /cds-services",
)
TOKEN = "POST /oauth2/token"
HOOKS = ("POST /cds-services/{service_id}", "POST /cds-services/{service_id}/feedback")
OPERATIONS = (
    "POST /v1/referrals",
    "GET /v1/referrals/{referral_id}",
    "GET /v1/referrals/{referral_id}/matches",
    "GET /v1/referrals/{referral_id}/messages",
    "POST /v1/referrals/{referral_id}/answers",
    "POST /v1/referrals/{referral_id}/flags/{flag}/closing",
    "POST /v1/matches",
    "POST /v1/launches",
    "GET /v1/assets",
    "GET /v1/assets/{code}",
    "GET /v1/practices/{ods}",
    "GET /v1/practices/{ods}/assets",
    "GET /v1/practices/{ods}/map",
)


@pytest.fixture
def described(quick: Api) -> schemathesis.BaseSchema:
    return schemathesis.openapi.from_asgi("/openapi.json", quick.town.app)


def test_every_operation_is_tried(described: schemathesis.BaseSchema) -> None:
    found = {each.ok().label for each in described.get_all_operations()}
    assert found == {*OPERATIONS, *WITHOUT_PARAMETERS, *HOOKS, TOKEN}


def hold(
    described: schemathesis.BaseSchema,
    operation: str,
    mode: GenerationMode,
    send: Callable[[schemathesis.Case], object],
    examples: int,
) -> None:
    method, _, path = operation.partition(" ")

    @given(case=described[path][method].as_strategy(generation_mode=mode))
    @settings(
        max_examples=examples,
        deadline=None,
        derandomize=True,
        database=None,
        phases=(Phase.explicit, Phase.generate),
        suppress_health_check=list(HealthCheck),
    )
    def holds(case: schemathesis.Case) -> None:
        send(case)

    holds()


@pytest.mark.parametrize("operation", WITHOUT_PARAMETERS)
def test_health_is_as_described(described: schemathesis.BaseSchema, operation: str) -> None:
    hold(described, operation, GenerationMode.POSITIVE, lambda case: case.call_and_validate(), 1)


@pytest.mark.parametrize("mode", GenerationMode)
def test_whatever_is_asked_for_a_token_is_refused_as_described(
    described: schemathesis.BaseSchema, mode: GenerationMode
) -> None:
    def send(case: schemathesis.Case) -> None:
        # No made-up assertion is signed by anybody.
        answer = case.call_and_validate(excluded_checks=[positive_data_acceptance])
        assert answer.status_code in {400, 401, 429}

    hold(described, TOKEN, mode, send, 15)


@pytest.mark.parametrize("mode", GenerationMode)
@pytest.mark.parametrize("operation", HOOKS)
def test_every_answer_to_a_hook_is_as_described(
    described: schemathesis.BaseSchema, quick: Api, operation: str, mode: GenerationMode
) -> None:
    """Each call signed anew, for a service that is there in half of them."""
    hooks = Hooks(system_for(quick.town, algorithm="ES384", kid="cds"))
    statuses: list[int] = []

    def send(case: schemathesis.Case) -> None:
        if mode is GenerationMode.POSITIVE:
            case.path_parameters = {"service_id": NEAR}
        signed = hooks.signed(aud=[f"http://{h}/cds-services" for h in ("testserver", "localhost")])
        answer = case.call_and_validate(
            headers={"Authorization": f"Bearer {signed}"},
            # What a FHIR resource must hold is more than this schema says, and whether the call is
            # signed is another test's.
            excluded_checks=[positive_data_acceptance, ignored_auth],
        )
        statuses.append(answer.status_code)

    hold(described, operation, mode, send, 15)
    # Wrong requests are also wrong about who sends them; not all of them are.
    assert set(statuses) - {401}, statuses
    assert mode is GenerationMode.NEGATIVE or 401 not in statuses, statuses


@pytest.mark.parametrize("mode", GenerationMode)
@pytest.mark.parametrize("signed", ["token", "nobody"])
@pytest.mark.parametrize("operation", OPERATIONS)
def test_every_answer_is_as_described(
    described: schemathesis.BaseSchema,
    quick: Api,
    operation: str,
    signed: str,
    mode: GenerationMode,
) -> None:
    headers = {"Authorization": f"Bearer {quick.token}"} if signed == "token" else {}

    def send(case: schemathesis.Case) -> None:
        # Whether a postcode, a group or a number exists is more than a schema can say.
        case.call_and_validate(headers=headers, excluded_checks=[positive_data_acceptance])

    hold(described, operation, mode, send, 15)


@pytest.mark.parametrize("operation", OPERATIONS)
def test_what_names_real_things_is_answered(
    described: schemathesis.BaseSchema, quick: Api, operation: str
) -> None:
    """The same with practices, postcodes and codes that exist: most of it succeeds."""
    note = "He has been putting tablets aside and has written letters to say goodbye."
    taken = quick.post("/v1/referrals", json=referral_body(reason=note)).json()
    real = {
        "referral_id": taken["id"],
        "flag": taken["flags"][0]["flag"],
        "code": "lapwing-lunch-club",
        "ods": str(WIDNES),
    }
    statuses: list[int] = []

    def send(case: schemathesis.Case) -> None:
        case.path_parameters = {name: real[name] for name in case.path_parameters or {}}
        if isinstance(case.query, dict) and case.query.keys() & {"near", "within", "wider"}:
            case.query["near"] = "WA8 6TR"
        if isinstance(case.body, dict) and "outcome" in case.body:
            seen = "Seen today, and it is safe to go on. "
            case.body = {"name": "Dr A Example", "role": "GP", "outcome": seen}
        elif isinstance(case.body, dict) and operation.endswith("/launches"):
            # One of the two: the schema allows for both.
            case.body = {**case.body, "practice": str(WIDNES), "person": referral_body()["person"]}
            case.body.pop("referral", None)
        elif isinstance(case.body, dict) and not operation.endswith("/answers"):
            body = {**case.body, "postcode": "WA8 6TR"}
            if operation.endswith("/matches"):
                # A question that asks for nothing is refused, as it should be.
                body["needs"] = body.get("needs") or ["loneliness_isolation"]
            if "practice" in body:
                body |= {key: referral_body()[key] for key in ("person", "consent")}
                body["practice"] = str(WIDNES)
            case.body = body
        answer = case.call_and_validate(
            headers={"Authorization": f"Bearer {quick.token}"},
            excluded_checks=[positive_data_acceptance],
        )
        statuses.append(answer.status_code)

    hold(described, operation, GenerationMode.POSITIVE, send, 12)
    assert sum(200 <= status < 300 for status in statuses) >= len(statuses) / 3, statuses
