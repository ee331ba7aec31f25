"""Where a system learns how to get a token: open to anybody, JSON whatever is asked for."""

from __future__ import annotations

import pytest
from api_client import Api, Town
from client_world import system_for
from web_world import app_like

pytest_plugins = ("api_fixtures",)

PATH = "/fhir/R4/.well-known/smart-configuration"


@pytest.mark.parametrize("accept", [None, "application/fhir+xml", "text/html", "image/png", "*/*"])
def test_it_is_json_whatever_is_asked_for(quick_town: Town, accept: str | None) -> None:
    headers = {} if accept is None else {"Accept": accept}
    answer = Api(quick_town).get(PATH, headers=headers)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "application/json"
    assert answer.json() == {
        "token_endpoint": "http://kith.test/oauth2/token",
        "grant_types_supported": ["client_credentials"],
        "token_endpoint_auth_methods_supported": ["private_key_jwt"],
        "token_endpoint_auth_signing_alg_values_supported": ["RS384", "ES384", "RS512"],
        "scopes_supported": answer.json()["scopes_supported"],
        "capabilities": ["client-confidential-asymmetric"],
        "code_challenge_methods_supported": ["S256"],
    }


def test_every_scope_it_names_can_be_had(quick_town: Town) -> None:
    scopes = Api(quick_town).get(PATH).json()["scopes_supported"]
    system = system_for(quick_town, scopes=" ".join(scopes))
    assert system.ask(scope=" ".join(scopes)).json()["scope"] == " ".join(sorted(scopes))


def test_the_address_is_the_one_that_others_use(quick_town: Town) -> None:
    with app_like(quick_town, public_url="https://kith.example.org/") as caller:
        told = caller.request("GET", PATH).json()
    assert told["token_endpoint"] == "https://kith.example.org/oauth2/token"
