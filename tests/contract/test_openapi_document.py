"""The API's description of itself: whole, valid, with an example of everything that is sent."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from api_client import Api, Town
from jsonschema import Draft202012Validator
from shared import ROOT

from service.api.cds.answers import CALL_EXAMPLE, FEEDBACK_EXAMPLE
from service.api.documents import _EXAMPLES, problems
from service.api.errors import Unforeseen
from service.api.problems import all_errors, status_of
from service.api.v1.launches import LAUNCH_EXAMPLE
from service.api.v1.requests import MATCH_EXAMPLE, REFERRAL_EXAMPLE

pytest_plugins = ("api_fixtures",)

TOKEN = "POST /oauth2/token"
"""Speaks the words of OAuth 2.0: takes a form, and refuses in a shape of its own (RFC 6749)."""


@pytest.fixture
def document(quick_town: Town) -> dict[str, Any]:
    answer = Api(quick_town).get("/openapi.json")
    assert answer.headers["Content-Type"] == "application/json"
    found: dict[str, Any] = answer.json()
    return found


def operations(document: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield f"{method.upper()} {path}", operation


def schema_of(document: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    return {**schema, "components": document["components"]}


def test_it_says_what_it_is(document: dict[str, Any]) -> None:
    assert document["openapi"].startswith("3.1")
    info = document["info"]
    assert info["title"] == "Kith"
    assert info["license"] == {"name": "MIT", "identifier": "MIT"}
    assert "application/problem+json" in info["description"]
    described = {tag["name"] for tag in document["tags"] if tag["description"]}
    used = {tag for _, operation in operations(document) for tag in operation["tags"]}
    assert used == described


def test_names_of_components_are_names(document: dict[str, Any]) -> None:
    for kind in document["components"].values():
        for name in kind:
            assert re.fullmatch(r"[A-Za-z0-9._-]+", name), name


def test_every_operation_is_named_and_described(document: dict[str, Any]) -> None:
    names = []
    for label, operation in operations(document):
        names.append(operation["operationId"])
        assert re.fullmatch(r"[a-z_]+", operation["operationId"]), label
        assert len(operation["summary"]) <= 60, label
        assert operation["description"].rstrip().endswith("."), label
        assert operation["description"].strip() != operation["summary"], label
    assert len(set(names)) == len(names)


def test_everything_that_is_sent_is_described_with_an_example(document: dict[str, Any]) -> None:
    for label, operation in operations(document):
        for parameter in operation.get("parameters", []):
            where = f"{label} {parameter['name']}"
            assert parameter["description"].rstrip().endswith("."), where
            if parameter["in"] in ("path", "header"):
                assert parameter["schema"]["examples"], where
        if label == TOKEN:
            ((media, content),) = operation["requestBody"]["content"].items()
            assert media == "application/x-www-form-urlencoded"
            for name, field in content["schema"]["properties"].items():
                assert field["description"], name
        elif label.startswith("POST"):
            ((media, content),) = operation["requestBody"]["content"].items()
            assert media == "application/json"
            assert content["schema"]["$ref"], label


def test_the_examples_fit_their_schemas(document: dict[str, Any]) -> None:
    schemas = document["components"]["schemas"]
    for name, example in (
        ("ReferralSent", REFERRAL_EXAMPLE),
        ("MatchSent", MATCH_EXAMPLE),
        ("LaunchSent", LAUNCH_EXAMPLE),
        ("HookCall", CALL_EXAMPLE),
        ("FeedbackSent", FEEDBACK_EXAMPLE),
    ):
        assert schemas[name]["examples"] == [example]
        Draft202012Validator(schema_of(document, schemas[name])).validate(example)
    for label, operation in operations(document):
        for parameter in operation.get("parameters", []):
            schema = schema_of(document, parameter["schema"])
            for example in parameter["schema"].get("examples", []):
                assert Draft202012Validator(schema).is_valid(example), (label, parameter["name"])


def test_the_examples_are_taken(quick: Api) -> None:
    body = {**REFERRAL_EXAMPLE, "consent": {**REFERRAL_EXAMPLE["consent"], "on": "2026-01-05"}}
    assert quick.post("/v1/referrals", json=body).status_code == 201
    assert quick.post("/v1/matches", json=MATCH_EXAMPLE).status_code == 200
    assert quick.post("/v1/launches", json=LAUNCH_EXAMPLE).status_code == 201


def test_every_schema_is_one(document: dict[str, Any]) -> None:
    for schema in document["components"]["schemas"].values():
        Draft202012Validator.check_schema(schema)
    for _label, operation in operations(document):
        for answer in operation["responses"].values():
            for content in answer.get("content", {}).values():
                Draft202012Validator.check_schema(content["schema"])


def test_every_reference_leads_somewhere(document: dict[str, Any]) -> None:
    def references(value: Any) -> Iterator[str]:  # noqa: ANN401 - any part of the document
        if isinstance(value, dict):
            if isinstance(value.get("$ref"), str):
                yield value["$ref"]
            for inner in value.values():
                yield from references(inner)
        elif isinstance(value, list):
            for inner in value:
                yield from references(inner)

    found = set(references(document))
    assert found
    for reference in found:
        at: Any = document
        for part in reference.removeprefix("#/").split("/"):
            at = at[part]
        assert isinstance(at, dict)


def test_every_failure_is_a_problem_with_a_true_example(document: dict[str, Any]) -> None:
    # Of errors with one slug the one that the API itself raises.
    slugs = {error.slug: error for error in all_errors() if status_of(error) != 500} | {
        Unforeseen.slug: Unforeseen
    }
    for label, operation in operations(document):
        for status, answer in operation["responses"].items():
            assert answer["description"], label
            if int(status) < 400:
                continue
            ((media, content),) = answer["content"].items()
            if label == TOKEN and int(status) in {400, 401, 429}:
                assert media == "application/json"
                assert content["schema"]["$ref"].endswith("/TokenRefusedTold")
                continue
            assert media == "application/problem+json", (label, status)
            example = content["example"]
            Draft202012Validator(content["schema"]).validate(example)
            error = slugs[example["type"].removeprefix("/problems/")]
            assert example["title"] == error.title
            assert example["status"] == int(status) == status_of(error)


def test_every_operation_says_what_can_go_wrong(document: dict[str, Any]) -> None:
    for label, operation in operations(document):
        failures = {int(status) for status in operation["responses"] if int(status) >= 400}
        assert 500 in failures, label
        if label != "GET /livez":
            assert 503 in failures, label
        if "security" in operation:
            assert 401 in failures, label
        if "{" in label:
            assert 404 in failures, label
        if label == TOKEN:
            assert failures == {400, 401, 413, 429, 500, 503}
        elif "requestBody" in operation:
            assert failures >= {400, 413, 415, 422}, label
        if any(parameter["in"] == "query" for parameter in operation.get("parameters", [])):
            assert 422 in failures, label


def test_only_what_is_about_people_asks_for_a_token(document: dict[str, Any]) -> None:
    signed = {label for label, operation in operations(document) if "security" in operation}
    assert signed == {
        "POST /v1/referrals",
        "GET /v1/referrals/{referral_id}",
        "GET /v1/referrals/{referral_id}/matches",
        "GET /v1/referrals/{referral_id}/messages",
        "POST /v1/referrals/{referral_id}/answers",
        "POST /v1/referrals/{referral_id}/flags/{flag}/closing",
        "POST /v1/matches",
        "POST /v1/launches",
        "POST /cds-services/{service_id}",
        "POST /cds-services/{service_id}/feedback",
    }


def test_no_example_is_left_over(document: dict[str, Any]) -> None:
    used = {
        answer["content"]["application/problem+json"]["example"]["type"]
        for _label, operation in operations(document)
        for status, answer in operation["responses"].items()
        if int(status) >= 400 and "application/problem+json" in answer["content"]
    }
    assert used == {f"/problems/{slug}" for slug in _EXAMPLES}
    with pytest.raises(KeyError):
        problems("no-such-problem")


def test_the_document_is_served_and_not_kept() -> None:
    assert not list(ROOT.glob("docs/**/openapi*.json"))
