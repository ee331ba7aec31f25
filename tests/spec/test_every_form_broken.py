"""Whatever is typed into whichever form, the answer is calm and nothing that was typed is lost."""

from __future__ import annotations

from html import unescape

from every_page import PAGES, WORKER, address_of, kept, launched, world
from page_forms import Form, forms_of
from web_world import Browser, Web

pytest_plugins = ("web_fixtures",)

BY_ITS_OWN_TEST = ("/sign-in", "/sign-out", "/development-sign-in")
HOSTILE = {
    "nothing": "",
    "blanks": " \t\n ",
    "20,000 characters": "Nora likes to sing. " * 1_000,
    "other scripts": "שלום مرحبا \U0001f9f6\U0001f469‍\U0001f33e \u202eright to left",
    "no number": "31x",
    "a date that is none": "99",
    "markup": '"><script>alert(1)</script><b>',
    "a path": "../../etc/passwd\r\nSet-Cookie: a=b",
    "a great number": "99999999999999999999",
}


def sent_to(form: Form) -> bool:
    return not form.action.startswith(BY_ITS_OWN_TEST)


def try_all(web: Web, browser: Browser, path: str, wrong: list[str]) -> int:
    """Send each form of a page with each hostile text; returns how many forms there are."""
    answer = browser.get(path)
    if answer.status_code != 200:
        return 0
    found = [form for form in forms_of(answer.text, path) if sent_to(form)]
    for form in found:
        for name, text in HOSTILE.items():
            for choose in (False, True):
                # Some forms succeed and take the page with them: then the token of any page does.
                browser.get(path)
                if 'name="csrf"' not in browser.page:
                    browser.get("/start")
                filled = form.filled(text, choose=choose)
                answer = browser.post(form.action, filled)
                at = f"{form.action}: {name}"
                if answer.status_code >= 500:
                    wrong.append(f"{at}: answers {answer.status_code}")
                if "<script>alert" in answer.text:
                    wrong.append(f"{at}: markup is not escaped")
                lost = any(
                    filled[each][0].strip() not in unescape(answer.text) for each in form.typed
                )
                if answer.status_code in (409, 422) and lost and "\r" not in text:
                    wrong.append(f"{at}: what was typed is lost")
    return len(found)


def test_no_form_fails_or_loses_what_was_typed(own_web: Web) -> None:
    values = world(own_web)
    browsers: dict[str, Browser] = {}
    wrong: list[str] = []
    tried = 0
    for page in PAGES:
        if page.who not in browsers:
            browsers[page.who] = own_web.browser(page.who or None)
            if page.who == WORKER:
                values["kept_id"] = kept(own_web, browsers[WORKER].cookies["kith"])
        if "{secret}" in page.route:
            values["secret"] = launched(own_web)
        tried += try_all(own_web, browsers[page.who], address_of(page, values), wrong)
    assert tried > 60
    assert wrong == [], "\n".join(wrong)
