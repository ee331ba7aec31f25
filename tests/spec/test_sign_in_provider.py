"""A provider elsewhere, over real HTTP: an honest one lets people in, a false one nobody."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import parse_qs, urlsplit

import pytest
from api_client import served
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from fastapi import FastAPI, Form, Header
from joserfc import jwt
from joserfc.jwk import ECKey, OctKey, RSAKey
from web_world import Browser, Web, app_like

from service.identity.actors import operator
from service.identity.staff import add_staff, grant

pytest_plugins = ("web_fixtures",)

SUBJECT = "555012345678"


class Elsewhere:
    """An identity provider of NHS CIS2's shape, honest unless a test makes it lie."""

    def __init__(self) -> None:
        self.key = RSAKey.generate_key(2048, parameters={"kid": "1", "use": "sig", "alg": "RS256"})
        self.issuer = ""
        self.lies: dict[str, object] = {}
        self.header: dict[str, object] = {"alg": "RS256", "kid": "1"}
        self.signing: object = self.key
        self.challenge = ""
        self.nonce = ""
        self.info = {"sub": SUBJECT, "name": "Jo Marsh", "email": "jo@example.org"}
        self.credentials: list[str] = []
        self.asked: dict[str, str] = {}
        self.app = FastAPI()
        self.app.get("/.well-known/openid-configuration")(self.describe)
        self.app.get("/jwks")(self.keys)
        self.app.post("/token")(self.token)
        self.app.get("/userinfo")(self.userinfo)

    def describe(self) -> dict:
        at = self.issuer
        return {
            "issuer": str(self.lies.get("issuer", at)),
            "authorization_endpoint": f"{at}/authorise",
            "token_endpoint": f"{at}/token",
            "jwks_uri": f"{at}/jwks",
            "userinfo_endpoint": f"{at}/userinfo",
        }

    def keys(self) -> dict:
        return {"keys": [self.key.as_dict(private=False)]}

    def token(
        self,
        code: str = Form(),
        code_verifier: str = Form(),
        client_secret: str = Form(""),
        authorization: str = Header(""),
    ):
        self.credentials.append(authorization or client_secret)
        assert code == "good"
        assert create_s256_code_challenge(code_verifier) == self.challenge
        now = int(time.time())
        claims = {
            "iss": self.issuer,
            "aud": "kith-client",
            "sub": SUBJECT,
            "iat": now,
            "exp": now + 60,
            "nonce": self.nonce,
            "authentication_assurance_level": "3",
        }
        claims |= {k: v for k, v in self.lies.items() if k != "issuer"}
        claims = {name: value for name, value in claims.items() if value is not None}
        algorithms = [str(self.header["alg"])]
        made = jwt.encode(self.header, claims, self.signing, algorithms=algorithms)
        return {"id_token": made, "access_token": "a", "token_type": "Bearer"}

    def userinfo(self) -> dict:
        return self.info


@contextmanager
def kith_with(web: Web, elsewhere: Elsewhere, **settings) -> Iterator[Browser]:
    with (
        served(elsewhere.app) as address,
    ):
        elsewhere.issuer = address
        with app_like(
            web.town,
            oidc_issuer=address,
            oidc_client_id="kith-client",
            oidc_client_secret="s e:cret",
            oidc_assurance_claim="authentication_assurance_level",
            oidc_assurance_values=("2", "3"),
            **settings,
        ) as caller:
            yield web.browser(caller=caller)


def come_back(browser: Browser, elsewhere: Elsewhere):
    begun = browser.get("/sign-in/begin", params={"next": "/me"})
    assert begun.status_code == 303, begun.text
    asked = {k: v[0] for k, v in parse_qs(urlsplit(begun.headers["Location"]).query).items()}
    elsewhere.asked = asked
    assert asked["client_id"] == "kith-client"
    assert asked["redirect_uri"] == "http://localhost/sign-in/return"
    elsewhere.challenge = asked["code_challenge"]
    elsewhere.nonce = asked["nonce"]
    return browser.get("/sign-in/return", params={"state": asked["state"], "code": "good"})


def list_jo(web: Web, issuer: str) -> None:
    with web.store.work() as work:
        number = add_staff(work, by=operator(), issuer=issuer, subject=SUBJECT, name="Jo Marsh")
        grant(work, by=operator(), staff_id=number, role="link_worker", place="U79408")


def test_somebody_listed_is_let_in_with_the_secret_of_this_kith(web: Web) -> None:
    elsewhere = Elsewhere()
    with kith_with(web, elsewhere) as browser:
        list_jo(web, elsewhere.issuer)
        answer = come_back(browser, elsewhere)
        assert (answer.status_code, answer.headers["Location"]) == (303, "/me")
        assert "Jo Marsh" in browser.get("/me").text
    # RFC 6749, 2.3.1: both halves are form-encoded before they are joined.
    assert elsewhere.credentials == ["Basic a2l0aC1jbGllbnQ6cytlJTNBY3JldA=="]
    assert "acr_values" not in elsewhere.asked


def test_somebody_of_cis2_is_let_in_and_their_roles_there_give_none_here(web: Web) -> None:
    """What is asked and told is of the shape that NHS England publishes; see `claims`."""
    elsewhere = Elsewhere()
    elsewhere.lies = {
        "authentication_assurance_level": 3,
        "id_assurance_level": "3",
        "acr": "AAL3_ANY",
        "amr": ["N3_SMARTCARD"],
    }
    elsewhere.info |= {
        "uid": SUBJECT,
        "family_name": "Marsh",
        "given_name": "Jo",
        "nhsid_nrbac_roles": [
            {
                "org_code": "N81011",
                "person_orgid": "555000000001",
                "person_roleid": "555000000002",
                "role_code": "S8000:G8000:R8001",
                "role_name": "Clinical Practitioner Access Role",
            }
        ],
    }
    cis2 = {"oidc_acr_values": "AAL2_OR_AAL3_ANY", "oidc_client_auth": "client_secret_post"}
    with kith_with(web, elsewhere, sign_in_adds_staff=True, **cis2) as browser:
        assert come_back(browser, elsewhere).status_code == 303
        page = browser.get("/start").text
        assert "nobody has said yet what you may do here" in page
        assert "Jo Marsh" in page
    assert elsewhere.asked["acr_values"] == "AAL2_OR_AAL3_ANY"
    assert elsewhere.credentials == ["s e:cret"]


def test_the_same_subject_of_another_provider_is_somebody_else(web: Web) -> None:
    elsewhere = Elsewhere()
    with kith_with(web, elsewhere) as browser:
        list_jo(web, "https://another.example.org")
        answer = come_back(browser, elsewhere)
        assert answer.status_code == 403
        assert SUBJECT in answer.text
        assert browser.get("/me").status_code == 303
    assert web.scalar("SELECT count(*) FROM staff_session") == 0


def test_nobody_is_added_unless_a_setting_says_so_and_then_without_a_role(web: Web) -> None:
    elsewhere = Elsewhere()
    with kith_with(web, elsewhere, sign_in_adds_staff=True) as browser:
        assert come_back(browser, elsewhere).status_code == 303
        page = browser.get("/start").text
        assert "nobody has said yet what you may do here" in page
        assert browser.get("/break-glass").status_code == 404


LIES = {
    "another audience": {"aud": "somebody-else"},
    "another issuer": {"iss": "https://false.example.org"},
    "another nonce": {"nonce": "replayed"},
    "no nonce": {"nonce": None},
    "too old": {"exp": int(time.time()) - 3600},
    "no end": {"exp": None},
    "several audiences without a party": {"aud": ["kith-client", "other"]},
    "another party": {"azp": "other"},
    "not sure enough": {"authentication_assurance_level": "1"},
    "not said how sure": {"authentication_assurance_level": None},
}


@pytest.mark.parametrize("lie", LIES)
def test_a_false_token_lets_nobody_in(quick_web: Web, lie: str) -> None:
    elsewhere = Elsewhere()
    elsewhere.lies = LIES[lie]
    refused(quick_web, elsewhere)


def test_a_token_signed_by_another_key_lets_nobody_in(quick_web: Web) -> None:
    elsewhere = Elsewhere()
    elsewhere.signing = RSAKey.generate_key(2048, parameters={"kid": "1"})
    refused(quick_web, elsewhere)


def test_a_token_signed_in_a_way_that_is_not_taken_lets_nobody_in(quick_web: Web) -> None:
    elsewhere = Elsewhere()
    # The public key used as a shared secret: the oldest trick with these tokens.
    elsewhere.header = {"alg": "HS256", "kid": "1"}
    elsewhere.signing = OctKey.import_key(elsewhere.key.as_pem(private=False).hex())
    refused(quick_web, elsewhere)
    elsewhere = Elsewhere()
    elsewhere.key = ECKey.generate_key("P-521", parameters={"kid": "1"})
    elsewhere.header, elsewhere.signing = {"alg": "ES512", "kid": "1"}, elsewhere.key
    refused(quick_web, elsewhere)


def test_userinfo_about_somebody_else_lets_nobody_in(quick_web: Web) -> None:
    elsewhere = Elsewhere()
    elsewhere.info["sub"] = "555099999999"
    refused(quick_web, elsewhere)


def refused(web: Web, elsewhere: Elsewhere) -> None:
    with kith_with(web, elsewhere) as browser:
        list_jo(web, elsewhere.issuer)
        answer = come_back(browser, elsewhere)
        assert answer.status_code == 403
        assert SUBJECT not in answer.text
        assert browser.get("/me").status_code == 303
    assert web.scalar("SELECT count(*) FROM staff_session") == 0
    said = web.scalar("SELECT max(details) FROM audit_event WHERE action = 'sign_in.failed'")
    assert "why" in str(said)
    assert SUBJECT not in str(said)


def test_a_provider_that_calls_itself_something_else_is_not_asked(quick_web: Web) -> None:
    elsewhere = Elsewhere()
    elsewhere.lies = {"issuer": "https://false.example.org"}
    with kith_with(quick_web, elsewhere) as browser:
        answer = browser.get("/sign-in/begin")
    assert answer.status_code == 403
    assert "cannot be trusted" in answer.text


def test_a_provider_that_is_away_is_told_calmly(quick_web: Web) -> None:
    with app_like(quick_web.town, oidc_issuer="http://127.0.0.1:9", oidc_client_id="k") as caller:
        answer = quick_web.browser(caller=caller).get("/sign-in/begin")
    assert answer.status_code == 403
    assert "Try again in a few minutes" in answer.text
