"""Every address that anybody may open is on this list, and none of them is about people."""

import re

import pytest
from api_client import Api, Town, referral_body
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute
from sqlalchemy import event
from starlette.routing import Mount, Route

from service.api.cds.clients import calling
from service.api.context import holder
from service.store.base import Sensitivity

pytest_plugins = ("api_fixtures",)

PUBLIC = {
    "/openapi.json": "what the API is",
    "/livez": "whether the process answers",
    "/readyz": "whether it can serve",
    "/oauth2/token": "gives a token to whoever signs with a registered key",
    "/fhir/R4/.well-known/smart-configuration": "where a token is to be had",
    "/cds-services": "which hooks are answered",
    "/cds-services/{service_id}": "what a browser asks before a call (OPTIONS)",
    "/cds-services/{service_id}/feedback": "what a browser asks before a call (OPTIONS)",
    "/v1/assets": "the register",
    "/v1/assets/{code}": "the register",
    "/v1/practices/{ods}": "practices as the NHS publishes them",
    "/v1/practices/{ods}/assets": "the register",
    "/v1/practices/{ods}/map": "the register",
    "/fhir/bars/metadata": "what can be sent as messages",
    "/fhir/R4/metadata": "what can be done by FHIR",
    "/": "practices and their maps",
    "/help": "asking for help for oneself; it reads nothing back",
    "/problems": "what problems mean",
    "/problems/{slug}": "what problems mean",
    "/register": "the register",
    "/register/map": "the register",
    "/register/{asset_id:int}": "the register",
    "/register/{asset_id:int}/correct": "saying that the register is wrong; it reads nothing back",
    "/static/kith": "styles",
    "/static/maps": "scripts and styles of maps",
}
"""Why each is open to anybody. A new address fails the test below until it is here or signed."""

MACHINES = (
    *("/v1/", "/openapi.json", "/livez", "/readyz", "/static/", "/fhir/", "/hsds/"),
    *("/oauth2/", "/cds-services"),
)
POSTED = {
    "/oauth2/token",
    "/cds-services/{service_id}",
    "/cds-services/{service_id}/feedback",
}
"""Public addresses that take no GET: their own tests say what they read."""

EXAMPLES = {"code": "lapwing-lunch-club", "ods": "N81011", "slug": "store-busy"}
ASSET = "1"


def is_signed(dependant: Dependant) -> bool:
    return any(each.call in (holder, calling) or is_signed(each) for each in dependant.dependencies)


def routes(router: object) -> list[Route | Mount]:
    """Every route, those of routers within routers too."""
    found: list[Route | Mount] = []
    for route in router.routes:  # type: ignore[attr-defined]
        if isinstance(route, Route | Mount):
            found.append(route)
        else:
            found += routes(route.original_router)
    return found


def test_every_address_is_signed_or_listed(quick_town: Town) -> None:
    public = set()
    for route in routes(quick_town.app):
        if isinstance(route, APIRoute) and is_signed(route.dependant):
            continue
        # Pages ask for a session in their own way: test_roles_routes.py goes through each of them.
        if route.path.startswith(MACHINES) or route.path in PUBLIC:
            public.add(route.path)
    assert public == set(PUBLIC)


def test_there_is_nothing_behind_another_address(quick_town: Town) -> None:
    assert len(routes(quick_town.app)) > len(PUBLIC)
    for path in ("/docs", "/redoc", "/metrics", "/admin", "/.env", "/static/", "/.git/config"):
        assert Api(quick_town).get(path).status_code == 404, path


@pytest.mark.parametrize(
    "path", [path for path in PUBLIC if not path.startswith("/static") and path not in POSTED]
)
def test_no_public_address_reads_a_table_with_people_in_it(town: Town, path: str) -> None:
    from service import bootstrap

    with_people = {
        name
        for name, table in bootstrap.metadata().tables.items()
        if any(column.info["sensitivity"] is Sensitivity.PERSONAL for column in table.columns)
    }
    assert {"person", "consent", "referral", "raised_flag"} <= with_people
    # Any page may look up who is asking; that is nobody but the visitor.
    with_people -= {"staff_session", "staff_member"}
    sent: list[str] = []
    engine = town.store.engine

    def note(_connection, _cursor, statement, *_rest) -> None:
        sent.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        path = path.replace("{asset_id:int}", ASSET)
        asked = "?at=1" if path == "/register/map" else ""
        answer = Api(town).get(path.format(**EXAMPLES) + asked)
    finally:
        event.remove(engine, "before_cursor_execute", note)
    assert answer.status_code == 200
    read = set(re.findall(r"(?:FROM|JOIN|INTO|UPDATE)\s+(\w+)", " ".join(sent), re.IGNORECASE))
    assert read.isdisjoint(with_people | {"audit_event", "outbox_message", "machine_token"}), read


def test_no_answer_lets_a_page_of_another_host_read_it(quick: Api) -> None:
    headers = {"Origin": "https://elsewhere.example"}
    for path in ("/v1/assets", "/v1/practices/N81011", "/livez"):
        answer = quick.get(path, headers=headers)
        assert not [name for name in answer.headers if name.startswith("access-control")]


def test_no_answer_sets_a_cookie_or_names_the_server(quick: Api) -> None:
    for path in ("/", "/v1/assets", "/v1/practices/N81011/map", "/problems"):
        answer = quick.get(path)
        assert "set-cookie" not in answer.headers
        assert "server" not in answer.headers


def test_what_is_told_to_a_token_is_kept_by_no_cache(quick: Api) -> None:
    taken = quick.post("/v1/referrals", json=referral_body())
    answers = [
        taken,
        quick.get(taken.headers["Location"]),
        quick.get(taken.json()["matches"]),
        quick.post("/v1/matches", json={"needs": ["bereavement"], "postcode": "WA8 6TR"}),
        quick.get("/v1/referrals/none"),
        quick.post("/v1/referrals", json={}),
    ]
    for answer in answers:
        assert answer.headers["Cache-Control"] == "no-store", answer.request.url
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
    # A map may be kept and asked about again: it is the same for everybody.
    assert quick.get("/v1/practices/N81011/map").headers["Cache-Control"] == "private, no-cache"
