"""The message doors against the publisher's own description of them, whatever is sent.

Schemathesis makes requests out of the shared OpenAPI document of the booking and referral standard,
cut down to the calls that Kith takes. Its answers are described there as classes of status only, so
each is held to more: never a fault, both ids given back, an OperationOutcome with a national code.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import httpx
import pytest
import schemathesis
import yaml
from api_client import Api
from bars_world import BARS, heads
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode
from shared import shared_path

pytest_plugins = ("api_fixtures",)

OPERATIONS = (
    ("GET", "/metadata"),
    ("GET", "/MessageDefinition"),
    ("POST", "/$process-message"),
    ("GET", "/ServiceRequest"),
    ("GET", "/ServiceRequest/{id}"),
)
PROMISED = {
    "/metadata": "CapabilityStatement",
    "/MessageDefinition": "Bundle",
    "/$process-message": "Bundle",
    "/ServiceRequest": "Bundle",
    "/ServiceRequest/{id}": "ServiceRequest",
}


EXPECTED = {
    "/metadata": {200},
    "/MessageDefinition": {200},
    "/$process-message": {400},
    "/ServiceRequest": {200, 400},
    "/ServiceRequest/{id}": {404},
}
"""What right requests about nothing real come to, once they are past the headers."""

FOLDER = "conformance/bars"


def plain(value: Any, folder: Path) -> Any:  # noqa: ANN401 - any YAML
    """The same with schemas of other files put in, and without examples: theirs lead nowhere."""
    if isinstance(value, list):
        return [plain(each, folder) for each in value]
    if not isinstance(value, dict):
        return value
    reference = value.get("$ref", "")
    if isinstance(reference, str) and reference.endswith(".yaml"):
        file = folder / reference
        return plain(yaml.safe_load(file.read_text(encoding="utf-8")), file.parent)
    return {
        name: plain(each, folder)
        for name, each in value.items()
        if name not in {"example", "examples"}
    }


@cache
def described() -> schemathesis.BaseSchema:
    path = shared_path(f"{FOLDER}/booking-and-referral-1.4.0.yaml")
    document = yaml.safe_load(path.read_text(encoding="utf-8"))
    document["paths"] = {each: document["paths"][each] for each in PROMISED}
    return schemathesis.openapi.from_dict(plain(document, path.parent))


def sent(api: Api, method: str, case: schemathesis.Case) -> tuple[httpx.Response, dict[str, str]]:
    """Send what was made up; right requests with headers that let them in."""
    right = case.meta is not None and case.meta.generation.mode is GenerationMode.POSITIVE
    made_up = {} if right else case.headers or {}
    headers = heads() | {
        name: str(value)
        for name, value in made_up.items()
        if str(value).isascii() and str(value).isprintable() and name.lower() != "authorization"
    }
    path = case.formatted_path
    more: dict[str, Any] = {}
    if method == "POST":
        more["content"] = json.dumps(case.body, default=str)
    answer = api.request(
        method, f"{BARS}{path}", params=dict(case.query or {}), headers=headers, **more
    )
    return answer, headers


@pytest.mark.parametrize(("method", "path"), OPERATIONS)
@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
def test_whatever_is_sent_the_answer_is_one_of_the_standard(
    quick: Api, method: str, path: str, mode: GenerationMode
) -> None:
    statuses: list[int] = []

    @given(case=described()[path][method].as_strategy(generation_mode=mode))
    @settings(
        max_examples=25,
        deadline=None,
        derandomize=True,
        database=None,
        phases=(Phase.explicit, Phase.generate),
        suppress_health_check=list(HealthCheck),
    )
    def holds(case: schemathesis.Case) -> None:
        answer, headers = sent(quick, method, case)
        statuses.append(answer.status_code)
        assert answer.status_code < 500 or answer.status_code == 501, answer.text
        assert answer.headers["content-type"].startswith("application/fhir+json")
        body = answer.json()
        if answer.status_code == 200:
            assert body["resourceType"] == PROMISED[path]
        else:
            assert body["resourceType"] == "OperationOutcome"
            assert body["issue"][0]["details"]["coding"][0]["code"].startswith("REC_")
        for name in ("X-Request-Id", "X-Correlation-Id"):
            given_id = headers.get(name, "")
            if len(given_id) == 36:
                assert answer.headers[name] == given_id

    holds()
    assert statuses
    if mode is GenerationMode.POSITIVE:
        assert set(statuses) & EXPECTED[path], statuses
