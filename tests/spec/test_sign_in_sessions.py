"""Sessions that end, forms that come too late, limits, and broken glass: on both databases."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from api_client import referral_body
from town import RUNCORN, WIDNES, token_for
from web_world import Web, app_like, sign_in_again

from service.identity.errors import SignInMisconfigured, TooMany
from service.identity.gate import readable
from service.identity.rates import Rate, take
from service.main import create_app
from service.settings import Settings
from service.store.base import utc_now

pytest_plugins = ("web_fixtures",)

REASON = "She rang from the station and there is no food at home"


def refer(web: Web, practice: str = RUNCORN) -> str:
    """A referral of an invented person; returns its number."""
    token = token_for(web.store, practice)
    answer = web.town.caller.request(
        "POST",
        "/v1/referrals",
        json=referral_body(practice=practice),
        headers={"Authorization": f"Bearer {token}"},
    )
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


def test_a_session_ends_after_half_an_hour_unused_and_half_a_day_in_all(web: Web) -> None:
    browser = web.browser("link-worker-widnes")
    began = utc_now()
    with time_machine.travel(began + timedelta(minutes=29), tick=False):
        assert browser.get("/me").status_code == 200
    with time_machine.travel(began + timedelta(minutes=58), tick=False):
        assert browser.get("/me").status_code == 200
    with time_machine.travel(began + timedelta(minutes=89), tick=False):
        assert browser.get("/me").status_code == 303
    steady = web.browser("link-worker-widnes")
    for minutes in range(0, 720, 25):
        with time_machine.travel(utc_now() + timedelta(minutes=minutes), tick=False):
            assert steady.get("/me").status_code == 200
    with time_machine.travel(utc_now() + timedelta(minutes=721), tick=False):
        assert steady.get("/me").status_code == 303


def test_a_page_that_is_read_again_writes_nothing(web: Web) -> None:
    browser = web.browser("link-worker-widnes")
    browser.get("/me")
    before = web.scalar("SELECT seen_at FROM staff_session")
    browser.get("/me")
    assert web.scalar("SELECT seen_at FROM staff_session") == before


def test_what_was_typed_after_the_session_ended_is_kept_and_can_be_sent(web: Web) -> None:
    referral = refer(web)
    browser = web.browser("link-worker-widnes")
    browser.get("/break-glass")
    token = browser.csrf()
    later = utc_now() + timedelta(minutes=45)
    with time_machine.travel(later, tick=False):
        late = browser.post("/break-glass", {"referral": referral, "reason": REASON}, csrf=token)
        assert late.status_code == 303
        assert "next=%2Fkept%2F" in late.headers["Location"]
        assert "What you typed is kept" in browser.get(late.headers["Location"]).text
        assert web.scalar("SELECT count(*) FROM break_glass") == 0
        stored = bytes(web.scalar("SELECT typed FROM kept_form"))
        assert b"no food" not in stored
        kept = "/kept/" + web.scalar("SELECT kept_id FROM kept_form")

        again = sign_in_again(web, browser.cookies["kith"], "link-worker-widnes")
        page = again.get(kept)
        assert page.status_code == 200
        assert REASON in page.text
        assert again.hidden() == {"referral": referral, "reason": REASON}
        sent = again.post("/break-glass", again.hidden())
        assert sent.status_code == 303
        assert web.scalar("SELECT count(*) FROM break_glass") == 1

        # The same form is nobody else's, and not the same person's in another browser.
        assert web.browser("lead-halton").get(kept).status_code == 404
        assert web.browser("link-worker-widnes").get(kept).status_code == 404
    with time_machine.travel(later + timedelta(minutes=61), tick=False):
        late_again = sign_in_again(web, again.cookies["kith"], "link-worker-widnes")
        assert late_again.get(kept).status_code == 404


def test_a_form_without_any_session_is_not_kept(web: Web) -> None:
    from service.web.visit import csrf_of

    browser = web.browser()
    browser.get("/sign-in/begin")
    late = browser.post("/break-glass", {"reason": REASON}, csrf=csrf_of(browser.cookies["kith"]))
    assert late.headers["Location"] == "/sign-in?next=%2Fstart&why=page"
    assert web.scalar("SELECT count(*) FROM kept_form") == 0


def test_a_role_taken_away_is_gone_at_the_next_page(web: Web) -> None:
    browser = web.browser("lead-halton")
    assert browser.get("/break-glass").status_code == 200
    web.run("DELETE FROM staff_role WHERE role = 'service_lead'")
    assert browser.get("/break-glass").status_code == 404
    web.run("UPDATE staff_member SET ended_at = added_at WHERE subject = 'lead-halton'")
    assert browser.get("/me").status_code == 303


def test_signing_in_too_often_is_told_with_a_time(web: Web) -> None:
    browser = web.browser()
    with time_machine.travel(utc_now(), tick=False):
        answers = [browser.get("/sign-in/return").status_code for _ in range(60)]
        assert set(answers) == {403}
        refused = browser.get("/sign-in/return")
    assert refused.status_code == 429
    assert 1 <= int(refused.headers["Retry-After"]) <= 60
    assert "asked too often" in refused.text
    with time_machine.travel(utc_now() + timedelta(minutes=1), tick=False):
        assert browser.get("/sign-in/return").status_code == 403


def test_a_bucket_fills_again_with_time_and_never_over_its_brim(store) -> None:
    rate = Rate("test", at_once=3, per_min=6)
    began = utc_now()

    def taken(whose: str = "a") -> int:
        count = 0
        try:
            for _ in range(10):
                with store.work() as work:
                    take(work, rate, whose)
                count += 1
        except TooMany as error:
            assert error.fields["retry_after_s"]
        return count

    with time_machine.travel(began, tick=False):
        assert (taken(), taken(), taken("b")) == (3, 0, 3)
    with time_machine.travel(began + timedelta(seconds=10), tick=False):
        assert (taken(), taken()) == (1, 0)
    with time_machine.travel(began + timedelta(hours=5), tick=False):
        assert (taken(), taken()) == (3, 0)
    # A clock that was put back gives nothing and takes nothing.
    with time_machine.travel(began, tick=False):
        assert taken() == 0


def test_broken_glass_opens_one_record_for_an_hour_and_the_lead_sees_it(web: Web) -> None:
    from sqlalchemy import select

    from service.people.model import Person
    from service.referrals.model import Referral

    first, second = refer(web), refer(web, WIDNES)
    runner = "link-worker-widnes"

    def seen() -> tuple[set[str], int]:
        gate = readable(web.actor(runner))
        with web.store.read() as session:
            referrals = session.scalars(
                select(Referral.referral_id).where(gate.rows(Referral.practice_code))
            )
            people = session.scalars(
                select(Person.person_id).where(gate.rows(Person.practice_code))
            )
            return set(referrals), len(people.all())

    assert seen() == ({second}, 1)
    browser = web.browser(runner)
    browser.get("/break-glass")
    short = browser.post("/break-glass", {"referral": first, "reason": "urgent"})
    assert short.status_code == 422
    assert 'href="#reason"' in short.text
    assert first in short.text
    unknown = browser.post("/break-glass", {"referral": "nothing", "reason": REASON})
    assert unknown.status_code == 422
    assert 'href="#referral"' in unknown.text
    opened = browser.post("/break-glass", {"referral": first, "reason": REASON})
    assert opened.status_code == 303
    assert "team lead has been told" in browser.get("/break-glass").text
    assert "team lead has been told" not in browser.get("/break-glass").text
    assert seen() == ({first, second}, 2)
    with time_machine.travel(utc_now() + timedelta(minutes=61), tick=False):
        assert seen() == ({second}, 1)

    lead = web.browser("lead-halton")
    assert REASON in lead.get("/break-glass").text
    glass = web.scalar("SELECT max(glass_id) FROM break_glass")
    reviewed = lead.post(f"/break-glass/{glass}/review")
    assert reviewed.status_code == 303
    assert "Grace Oakhollow" in lead.get("/break-glass").text
    assert browser.post(f"/break-glass/{glass}/review").status_code == 404
    audit = lead.get(f"/audit/referral/{first}")
    assert "Asha Brightwater" in audit.text
    assert "opened it in an emergency" in audit.text
    assert web.browser(runner).get(f"/audit/referral/{first}").status_code == 404
    assert web.scalar("SELECT count(*) FROM outbox_message WHERE topic = 'break_glass.opened'") == 1


def test_the_lead_of_another_town_sees_neither_the_list_nor_the_audit(web: Web) -> None:
    referral = refer(web)
    web.run("UPDATE staff_role SET place_code = 'U79408' WHERE role = 'service_lead'")
    browser = web.browser("link-worker-widnes")
    browser.get("/break-glass")
    browser.post("/break-glass", {"referral": referral, "reason": REASON})
    lead = web.browser("lead-halton")
    assert REASON not in lead.get("/break-glass").text
    glass = web.scalar("SELECT max(glass_id) FROM break_glass")
    assert lead.post(f"/break-glass/{glass}/review").status_code == 404
    assert lead.get(f"/audit/referral/{referral}").status_code == 404


@pytest.mark.parametrize(
    "settings",
    [
        {"sign_in": "development", "host": "0.0.0.0"},
        {"sign_in": "development", "public_url": "https://kith.example.org"},
        {"sign_in": "oidc"},
        {"oidc_issuer": "http://provider.example.org", "oidc_client_id": "kith"},
        {"oidc_issuer": "https://p.example", "oidc_client_id": "k", "oidc_algorithms": ("none",)},
        {"oidc_issuer": "https://p.example", "oidc_client_id": "k", "oidc_algorithms": ("HS256",)},
        {"oidc_issuer": "https://p.example", "oidc_client_id": "k", "oidc_assurance_claim": "acr"},
    ],
)
def test_settings_that_would_let_anybody_in_do_not_start(quick_web: Web, settings) -> None:
    url = quick_web.store.engine.url.render_as_string()
    with pytest.raises(SignInMisconfigured):
        create_app(Settings(var_dir=quick_web.town.settings.var_dir, database_url=url, **settings))


def test_without_a_provider_a_server_for_others_has_no_sign_in(quick_web: Web) -> None:
    with app_like(quick_web.town, host="0.0.0.0") as caller:
        browser = quick_web.browser(caller=caller)
        assert "cannot sign in here yet" in browser.get("/sign-in").text
        assert browser.get("/sign-in/begin").status_code == 503
        assert browser.get("/development-sign-in/authorise").status_code == 404


@pytest.mark.parametrize(
    "headers", [{"X-Forwarded-For": "10.0.0.1"}, {"Host": "kith.example.org"}, {"Via": "1.1 x"}]
)
def test_the_development_sign_in_answers_this_machine_only(quick_web: Web, headers) -> None:
    browser = quick_web.browser()
    for path in ("jwks", ".well-known/openid-configuration", "authorise"):
        answer = browser.get(f"/development-sign-in/{path}", headers=headers)
        assert answer.status_code == 404, path


def test_over_tls_the_cookie_is_for_this_host_alone(quick_web: Web) -> None:
    browser = quick_web.browser()
    answer = browser.get("https://localhost/sign-in/begin")
    assert answer.status_code in {303, 403}
    line = next(each for each in answer.headers.get_list("set-cookie"))
    assert line.startswith("__Host-kith=")
    assert "Secure" in line
    assert "Path=/" in line
    assert "Domain" not in line
    assert answer.headers["Strict-Transport-Security"].startswith("max-age=")
