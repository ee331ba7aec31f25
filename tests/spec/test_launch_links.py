"""Links from a practice's system: once, for five minutes, to the right place, no name in them."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from html import unescape

import httpx
import pytest
import time_machine
from api_client import Api, referral_body, told
from client_world import system_for
from structlog.testing import capture_logs
from town import RUNCORN, WIDNES, token_for
from web_world import Browser, Web

from service.identity.errors import NotAllowed
from service.referrals.actions.launching import open_launch
from service.referrals.errors import LaunchOver
from service.web.visit import csrf_of

pytest_plugins = ("web_fixtures",)

PERSON = {
    "nhs_number": "9990000344",
    "given_name": "Nora",
    "family_name": "Larkrise",
    "birth_date": "1952-04-17",
}
NOTE = "On her own since last spring."
PREFILLED = {"practice": WIDNES, "person": PERSON, "postcode": "WA8 0DQ", "reason": NOTE}


@pytest.fixture
def system(web: Web) -> Api:
    return Api(web.town, token_for(web.store, WIDNES))


def link(system: Api, **body) -> str:
    answer = system.post("/v1/launches", json=body or PREFILLED)
    assert answer.status_code == 201, answer.text
    url: str = answer.json()["url"]
    assert url.startswith("http://kith.test/launch/")
    return url.removeprefix("http://kith.test")


def through(browser: Browser, path: str) -> httpx.Response:
    """What a person does: opens the link, and takes the one button there."""
    arrived = browser.get(path)
    assert arrived.status_code == 200, arrived.text
    assert arrived.text.partition("<main")[2].count("<button") == 1
    return browser.post(path)


def unused(web: Web) -> int:
    return web.scalar("SELECT count(*) FROM launch WHERE used_at IS NULL")


def test_the_form_is_filled_in_and_sent_like_any_other(web: Web, system: Api) -> None:
    path = link(system)
    browser = web.browser("practice-widnes")
    page = through(browser, path)
    assert page.status_code == 200
    for part in ("9990000344 Nora Larkrise 17/4/1952", "WA8 0DQ", NOTE, "has opened this form"):
        assert part in unescape(page.text)
    assert page.headers["Cache-Control"] == "no-store"
    sent = browser.post(
        "/refer",
        browser.hidden()
        | {
            "who": "9990000344 Nora Larkrise 17/4/1952",
            "postcode": "WA8 0DQ",
            "note": NOTE,
            "agreed": "true",
        },
    )
    assert sent.status_code == 303
    assert web.scalar("SELECT nhs_number FROM person") == "9990000344"


def test_used_again_it_is_a_calm_page(web: Web, system: Api) -> None:
    path = link(system)
    browser = web.browser("practice-widnes")
    assert through(browser, path).status_code == 200
    token = browser.csrf()
    for again in (browser.get(path), browser.post(path, csrf=token)):
        assert again.status_code == 410
        assert "This link no longer works" in again.text
        assert "This link has been used" in again.text
        assert "nothing is lost" in again.text
        for part in (NOTE, "Larkrise", "9990000344"):
            assert part not in again.text
    assert web.scalar("SELECT filled FROM launch") is None


def test_looking_at_the_address_uses_nothing_up(web: Web, system: Api) -> None:
    """Scanners of links ask for every address they see, some with the user's own cookies."""
    taken = system.post("/v1/referrals", json=referral_body()).json()["id"]
    for path, what in ((link(system), "form"), (link(system, referral=taken), "referral")):
        browser, before = web.browser("practice-widnes"), unused(web)
        for _ in range(3):
            head = browser._send("HEAD", path)
            assert (head.status_code, head.content) == (200, b"")
            seen = browser.get(path)
            assert seen.status_code == 200
            assert what in seen.text
            for part in (NOTE, "Larkrise", "9990000344", "WA8 0DQ"):
                assert part not in seen.text
        assert "<script>" not in seen.text
        # Neither another site's form nor one without this browser's token opens it.
        assert browser.post(path, csrf=None).status_code == 403
        assert browser.post(path, headers={"Origin": "https://else.example"}).status_code == 403
        assert unused(web) == before
        assert browser.get(path).status_code == 200
        assert browser.post(path).status_code in (200, 303)
        assert unused(web) == before - 1


@pytest.mark.parametrize("path", ["/launch/" + "a" * 43, "/launch/x", "/launch/" + "a" * 5000])
def test_what_never_was_a_link_is_told_as_one_that_is_too_old(quick_web: Web, path: str) -> None:
    page = quick_web.browser("practice-widnes").get(path)
    assert page.status_code == 410
    assert "too old, or is not whole" in page.text


def test_an_address_with_half_a_character_is_no_address(quick_web: Web) -> None:
    assert quick_web.browser("practice-widnes").get("/launch/%00").status_code == 404


def test_it_ends_after_five_minutes_and_goes(web: Web, system: Api) -> None:
    now = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)
    with time_machine.travel(now, tick=False):
        api = Api(web.town, token_for(web.store, WIDNES))
        paths = [link(api), link(api)]
        actor = web.actor("practice-widnes")
    secrets = [path.rpartition("/")[2] for path in paths]
    with time_machine.travel(now + timedelta(seconds=299), tick=False), web.store.work() as work:
        assert open_launch(work, by=actor, secret=secrets[0]).practice == WIDNES
    with (
        time_machine.travel(now + timedelta(seconds=300), tick=False),
        web.store.work() as work,
        pytest.raises(LaunchOver, match="too old"),
    ):
        open_launch(work, by=actor, secret=secrets[1])
    with time_machine.travel(now + timedelta(minutes=20), tick=False):
        link(api)
        # The one that was used is remembered for a day, what the other held is gone at once.
        assert web.scalar("SELECT count(*) FROM launch") == 2
        assert web.scalar("SELECT count(*) FROM launch WHERE used_at IS NOT NULL") == 1
    with (
        time_machine.travel(now + timedelta(hours=23), tick=False),
        web.store.work() as work,
        pytest.raises(LaunchOver, match="has been used"),
    ):
        open_launch(work, by=actor, secret=secrets[0])


def test_of_two_at_once_one_opens_it(web: Web, system: Api) -> None:
    secret = link(system).rpartition("/")[2]
    actor = web.actor("practice-widnes")

    def opened(_number: int) -> bool:
        try:
            with web.store.work() as work:
                open_launch(work, by=actor, secret=secret)
        except LaunchOver:
            return False
        return True

    with ThreadPoolExecutor(5) as pool:
        assert sum(pool.map(opened, range(5))) == 1


def test_it_signs_nobody_in_and_waits_for_whoever_signs_in(web: Web, system: Api) -> None:
    path = link(system)
    stranger = web.browser()
    first = stranger.get(path)
    assert first.status_code == 303
    assert first.headers["Location"].startswith("/sign-in?next=%2Flaunch%2F")
    assert web.scalar("SELECT count(*) FROM launch WHERE used_at IS NULL") == 1
    assert "Larkrise" not in first.text
    assert through(web.browser("practice-widnes"), path).status_code == 200


def test_whoever_may_not_refer_there_is_not_let_in_and_does_not_use_it_up(
    web: Web, system: Api
) -> None:
    path = link(system)
    for subject in ("steward-halton", "commissioner-halton"):
        browser = web.browser(subject)
        for page in (browser.get(path), browser.post(path, csrf=csrf_of(browser.cookies["kith"]))):
            assert page.status_code == 403, subject
            assert "Larkrise" not in page.text
    with web.store.work() as work, pytest.raises(NotAllowed):
        open_launch(work, by=web.actor("commissioner-halton"), secret=path.rpartition("/")[2])
    assert through(web.browser("practice-widnes"), path).status_code == 200


def test_a_referral_is_opened_where_each_role_sees_it(web: Web, system: Api) -> None:
    taken = system.post("/v1/referrals", json=referral_body()).json()["id"]
    practice = through(web.browser("practice-widnes"), link(system, referral=taken))
    worker = through(web.browser("link-worker-widnes"), link(system, referral=taken))
    assert practice.headers["Location"] == f"/refer/{taken}"
    assert worker.headers["Location"] == f"/referrals/{taken}"
    assert web.browser("practice-widnes").get(practice.headers["Location"]).status_code == 200
    page = web.browser("steward-halton").get(link(system, referral=taken))
    assert page.status_code == 404


TRIED = ("audit_event", "rate_bucket")


def test_another_practice_can_make_no_link_and_learns_nothing(web: Web, system: Api) -> None:
    taken = system.post("/v1/referrals", json=referral_body()).json()["id"]
    neighbour = Api(web.town, token_for(web.store, RUNCORN))
    before = web.town.counts()

    def kept() -> dict[str, int]:
        # That somebody tried what they may not is written down, and counted.
        return {k: v for k, v in web.town.counts().items() if k not in TRIED}

    theirs = neighbour.post("/v1/launches", json={"referral": taken})
    nothing = neighbour.post("/v1/launches", json={"referral": "nothing"})
    told(theirs, 404, "not-found")
    assert theirs.json() == nothing.json()
    told(neighbour.post("/v1/launches", json=PREFILLED), 403, "not-allowed")
    assert kept() == {k: v for k, v in before.items() if k not in TRIED}


@pytest.mark.parametrize(
    ("body", "slug", "status"),
    [
        ({}, "request-invalid", 422),
        ({"practice": WIDNES, "referral": "x"}, "request-invalid", 422),
        ({"practice": "N8"}, "request-invalid", 422),
        ({"practice": WIDNES, "reason": "x" * 20_001}, "request-invalid", 422),
        ({"practice": WIDNES, "person": {"nhs_number": "9990000345"}}, "request-invalid", 422),
        ({"referral": ""}, "request-invalid", 422),
        ({"practice": WIDNES, "colour": "red"}, "request-invalid", 422),
    ],
)
def test_what_cannot_be_is_refused(quick_web: Web, body, slug: str, status: int) -> None:
    api = Api(quick_web.town, token_for(quick_web.store, WIDNES))
    told(api.post("/v1/launches", json=body), status, slug)
    told(Api(quick_web.town).post("/v1/launches", json=PREFILLED), 401, "not-signed-in")


def test_a_narrow_token_makes_only_the_link_it_reaches(quick_web: Web) -> None:
    system = system_for(quick_web.town)
    creates = system.api("system/ServiceRequest.c")
    reads = system.api("system/ServiceRequest.r")
    taken = creates.post("/v1/referrals", json=referral_body()).json()["id"]
    assert creates.post("/v1/launches", json=PREFILLED).status_code == 201
    assert reads.post("/v1/launches", json={"referral": taken}).status_code == 201
    told(reads.post("/v1/launches", json=PREFILLED), 403, "not-allowed")
    told(creates.post("/v1/launches", json={"referral": taken}), 403, "not-allowed")


def test_nothing_of_the_person_or_the_secret_is_kept_or_logged(web: Web, system: Api) -> None:
    with capture_logs() as logs:
        path = link(system)
        answer = system.post("/v1/launches", json=PREFILLED)
        with web.store.read() as session:
            from sqlalchemy import text

            kept = str(session.execute(text("SELECT * FROM launch")).all())
        through(web.browser("practice-widnes"), path)
    with web.store.read() as session:
        written = str(session.execute(text("SELECT * FROM audit_event")).all())
    secret = path.rpartition("/")[2]
    for found in (answer.text, kept, written, str(logs), path):
        for part in (NOTE, "Nora", "Larkrise", "9990000344", "WA8 0DQ"):
            assert part not in found
        # A year by itself: the same four figures may stand within a digest.
        assert re.search(r"\b1952\b", found) is None
    for found in (kept, written, str(logs)):
        assert secret not in found
    assert "launch.made" in written
    assert "launch.opened" in written


def test_a_form_with_nothing_known_is_only_opened(quick_web: Web) -> None:
    api = Api(quick_web.town, token_for(quick_web.store, WIDNES))
    path = link(api, practice=WIDNES)
    assert quick_web.scalar("SELECT filled FROM launch") is None
    page = through(quick_web.browser("practice-widnes"), path)
    assert page.status_code == 200
    assert 'name="who"' in page.text
