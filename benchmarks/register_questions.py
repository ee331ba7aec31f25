"""How long the register takes to answer every kind of question, in a register of any size."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeAlias

import numpy as np
from sqlalchemy.orm import Session

from benchmarks.english_postcodes import postcode_points
from geo.point import GridPoint
from seed_data import needs
from service.insights.queries import assets_near
from service.register.asset_filter import AssetFilter
from service.register.candidates import candidates, nearest_assets
from service.register.search import search
from service.store.work import Store

Figures: TypeAlias = dict[str, float | int | bool]

SEED = 20261101
QUESTIONS = 1_000


def measure(store: Store) -> dict[str, Figures]:
    """Spread of the time of every kind of question, asked from places people live in."""
    random = np.random.default_rng(SEED)
    eastings, northings = postcode_points()
    chosen = random.integers(0, len(eastings), QUESTIONS)
    points = [GridPoint(float(eastings[i]), float(northings[i])) for i in chosen]
    codes = list(needs.load().needs)
    asked = [codes[i] for i in random.integers(0, len(codes), QUESTIONS)]
    pairs = list(zip(points, asked, strict=True))
    ways: dict[str, tuple[int, Callable[[Session, GridPoint, str], int]]] = {
        "nearest 10 of a need": (QUESTIONS, _nearest),
        "candidates within 4.5 km": (QUESTIONS, _candidates),
        "search: need near, 20 shown": (200, _search_need),
        "search: words near, 20 shown": (200, _search_words),
        "search: wider, 20 shown": (100, _search_wider),
        "search: words anywhere": (20, _search_anywhere),
        "assets of a practice, 1.6 km": (20, _practice),
    }
    figures: dict[str, Figures] = {}
    with store.read() as session:
        for name, (number, ask) in ways.items():
            for point, need in pairs[:10]:
                ask(session, point, need)
            took, found = [], 0
            for point, need in pairs[:number]:
                start = time.perf_counter()
                found += ask(session, point, need)
                took.append((time.perf_counter() - start) * 1000)
            figures[name] = {
                "p50_ms": round(float(np.percentile(took, 50)), 3),
                "p95_ms": round(float(np.percentile(took, 95)), 3),
                "p99_ms": round(float(np.percentile(took, 99)), 3),
                "found_each": round(found / number, 1),
            }
    return figures


def _nearest(session: Session, point: GridPoint, need: str) -> int:
    return len(nearest_assets(session, need=need, centre=point, count=10).asset_id)


def _candidates(session: Session, point: GridPoint, need: str) -> int:
    return len(candidates(session, need=need, centre=point, outer_m=4_500.0))


def _search_need(session: Session, point: GridPoint, need: str) -> int:
    return search(session, AssetFilter(needs=(need,), near=point)).total


def _search_words(session: Session, point: GridPoint, _need: str) -> int:
    said = "lonely since she moved here, used to sing"
    return search(session, AssetFilter(text=said, near=point)).total


def _search_wider(session: Session, point: GridPoint, need: str) -> int:
    return search(session, AssetFilter(needs=(need,), near=point, wider=True)).total


def _search_anywhere(session: Session, _point: GridPoint, _need: str) -> int:
    return search(session, AssetFilter(text="choir singing")).total


def _practice(session: Session, point: GridPoint, _need: str) -> int:
    return len(assets_near(session, point, radius_m=1_600.0))
