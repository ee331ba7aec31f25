"""Fixtures of a Kith with staff. A plugin, to be named in `pytest_plugins`."""

from __future__ import annotations

import pytest
from api_client import Town
from web_world import Web, with_staff

pytest_plugins = ("api_fixtures",)


@pytest.fixture
def web(town: Town) -> Web:
    """The example town with staff, once on each database."""
    return with_staff(town)


@pytest.fixture
def quick_web(quick_town: Town) -> Web:
    """The same on SQLite alone."""
    return with_staff(quick_town)


@pytest.fixture
def own_web(broken_town: Town) -> Web:
    """The same on a copy of this test's own, whose register may be changed."""
    return with_staff(broken_town)
