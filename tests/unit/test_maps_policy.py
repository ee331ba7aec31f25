"""The page's security policy: what it allows, and what cannot be smuggled into it."""

from __future__ import annotations

import base64
import hashlib

import pytest

from geo.maps.draw import draw
from geo.maps.errors import BadMapPolicy
from geo.maps.files import Assets
from geo.maps.policy import content_security_policy, policy_for_file

NONCE = "c2l4dGVlbi1ieXRlcyE="


def _directives(policy: str) -> dict[str, list[str]]:
    return {part.split()[0]: part.split()[1:] for part in policy.split(";")}


def test_a_served_page_may_run_only_what_carries_the_nonce():
    policy = _directives(content_security_policy(NONCE))
    assert policy["default-src"] == ["'none'"]
    assert policy["script-src"] == [f"'nonce-{NONCE}'"]
    assert policy["style-src"] == ["'self'", f"'nonce-{NONCE}'"]
    assert policy["img-src"] == ["'self'", "data:"]
    assert not any(
        "unsafe" in value or "*" in value for values in policy.values() for value in values
    )


def test_a_tile_origin_is_allowed_for_pictures_and_nothing_else():
    policy = _directives(content_security_policy(NONCE, "https://*.tiles.example"))
    assert policy["img-src"][-1] == "https://*.tiles.example"
    assert [name for name, values in policy.items() if "https://*.tiles.example" in values] == [
        "img-src"
    ]


@pytest.mark.parametrize(
    "nonce", ["", "short", "with space here", "a" * 8 + "'; script-src *", "a\nb" * 5]
)
def test_a_nonce_that_could_change_the_policy_is_refused(nonce):
    with pytest.raises(BadMapPolicy, match="nonce"):
        content_security_policy(nonce)


@pytest.mark.parametrize(
    "origin", ["*", "https:", "https://a.example; x", "tiles.example", "https://a.example/b"]
)
def test_a_tile_origin_that_is_not_one_is_refused(origin):
    with pytest.raises(BadMapPolicy, match="origin"):
        content_security_policy(NONCE, origin)


@pytest.mark.parametrize(
    "base", ["", "/", "//cdn.example", "https://cdn.example", "/a b", '/a"', "a/b", "/a/"]
)
def test_a_base_path_that_is_not_a_plain_path_is_refused(base):
    with pytest.raises(BadMapPolicy, match="base path"):
        Assets.served(base)


def test_drawing_refuses_a_bad_nonce_before_it_does_anything():
    with pytest.raises(BadMapPolicy):
        draw(None, assets=Assets.inline(), nonce='"><script>')  # type: ignore[arg-type]


def test_the_policy_of_a_file_names_the_very_texts():
    digest = base64.b64encode(hashlib.sha256(b"let a").digest()).decode()
    policy = _directives(policy_for_file(["let a"], ["b {}"]))
    assert policy["script-src"] == [f"'sha256-{digest}'"]
    assert policy["img-src"] == ["data:"]
