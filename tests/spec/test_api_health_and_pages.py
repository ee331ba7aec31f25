"""Whether it lives, whether it can serve, the first page, and what each problem means."""

import re
from pathlib import Path

import pytest
from api_client import VAR, Api, Town, town_on
from sqlalchemy import make_url, text

from service.api.problems import STATUS, all_errors
from service.main import create_app
from service.settings import Settings
from service.store.errors import StoreOutOfDate

pytest_plugins = ("api_fixtures",)


def test_it_lives_and_is_ready(visitor: Api) -> None:
    assert visitor.get("/livez").json() == {"status": "live"}
    assert visitor.get("/readyz").json() == {"status": "ready"}


@pytest.mark.parametrize("revision", ["0000", "9999", None])
def test_another_shape_of_database_is_not_ready(broken_town: Town, revision: str | None) -> None:
    with broken_town.store.work() as work:
        if revision is None:
            work.session.execute(text("DELETE FROM alembic_version"))
        else:
            work.session.execute(
                text("UPDATE alembic_version SET version_num = :r"), {"r": revision}
            )
    api = Api(broken_town)
    answer = api.get("/readyz")
    assert answer.status_code == 503
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json()["type"] == "/problems/store-out-of-date"
    assert answer.headers["Retry-After"]
    newer = "newer version" in answer.json()["detail"]
    assert newer if revision else "kith db upgrade" in answer.json()["detail"]
    assert api.get("/livez").status_code == 200


def test_the_application_does_not_start_on_an_empty_database(tmp_path: Path) -> None:
    settings = Settings(var_dir=VAR, database_url=f"sqlite:///{tmp_path / 'empty.db'}")
    with pytest.raises(StoreOutOfDate, match="kith db upgrade"):
        create_app(settings)


def test_the_first_page_lists_the_practices_and_their_maps(visitor: Api) -> None:
    answer = visitor.get("/")
    assert answer.status_code == 200
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    maps = re.findall(r'href="(/v1/practices/[A-Z0-9]+/map)"', answer.text)
    assert len(maps) == 14
    assert "invented" in answer.text
    for link in re.findall(r'(?:href|src)="([^"#]+)"', answer.text):
        assert link.startswith("/"), link
        assert visitor.get(link).status_code == 200, link


def test_a_new_database_says_how_to_begin(broken_town: Town) -> None:
    with broken_town.store.work() as work:
        for table in ("machine_token", "nhs_org"):
            work.session.execute(text(f"DELETE FROM {table}"))
    assert "kith import practices" in Api(broken_town).get("/").text


def test_every_problem_has_a_page_that_its_type_leads_to(quick_town: Town) -> None:
    api = Api(quick_town)
    listed = api.get("/problems").text
    for error in all_errors():
        page = api.get(f"/problems/{error.slug}")
        assert page.status_code == 200, error.slug
        assert f'id="{error.slug}"' in listed
        assert page.headers["Content-Type"] == "text/html; charset=utf-8"


def test_a_problem_that_is_none_gives_the_list(visitor: Api) -> None:
    answer = visitor.get("/problems/<script>alert(1)")
    assert answer.status_code == 404
    assert "store-busy" in answer.text
    assert "<script>" not in answer.text


def test_every_error_is_placed_in_the_table() -> None:
    for error in all_errors():
        ours = error.__module__.startswith(("geo.", "service.", "seed_data."))
        if error.__subclasses__() == [] and ours:
            assert any(kind in STATUS for kind in error.__mro__), error


def test_a_request_keeps_the_name_it_came_with_if_it_is_one(quick: Api) -> None:
    def named(given: str) -> str:
        return quick.get("/livez", headers={"X-Request-Id": given}).headers["X-Request-Id"]

    assert named("abc-1.2_3") == "abc-1.2_3"
    for bad in ("", "a b", "x" * 65, "a\tb", "<script>"):
        assert re.fullmatch(r"[0-9a-f]{32}", named(bad))


def test_a_base_map_that_is_set_is_allowed_and_no_other(sqlite_town: Town, tmp_path: Path) -> None:
    url = sqlite_town.store.engine.url.render_as_string()
    settings = Settings(
        var_dir=VAR,
        database_url=url,
        tile_url="https://tiles.example/{z}/{x}/{y}.png",
        tile_attribution="Example tiles",
    )
    from api_client import Caller

    app = create_app(settings)
    caller = Caller(app)
    try:
        answer = caller.request("GET", "/v1/practices/N81011/map")
    finally:
        caller.close()
        app.state.kith.store.engine.dispose()
    policy = answer.headers["Content-Security-Policy"]
    assert re.findall(r"https?://[^ ;]+", policy) == ["https://tiles.example"]
    assert "Example tiles" in answer.text


def test_two_applications_in_one_process_do_not_share_anything(
    tmp_path: Path, quick_town: Town
) -> None:
    url = make_url(f"sqlite:///{tmp_path / 'other.db'}")
    with town_on(url, quick_town.kith.gazetteer) as other:
        with other.store.work() as work:
            work.session.execute(text("UPDATE asset SET is_retired = true"))
            work.session.execute(text("DELETE FROM candidate"))
        assert Api(other).get("/v1/assets").json()["total"] == 0
        assert Api(quick_town).get("/v1/assets").json()["total"] == 90
