"""The packed gazetteer says what a plain scan of the same lines says."""

from __future__ import annotations

import gzip
import math
import random
from pathlib import Path

import numpy as np
import pytest
from oracle.postcode_twin import INWARD, eighth_neighbour_m, part, scan, tidied
from postcode_files import britain, default_file, keep

from geo.gazetteer import QUALITIES, Quality, open_gazetteer
from geo.gazetteer_default import default_files
from geo.gazetteer_packed import PackedGazetteer

AREAS = ["HS", "WC", "ZE", "WA"]
"""Islands, the middle of London, and the example town with its neighbours."""


@pytest.mark.parametrize("area", AREAS)
def test_every_postcode_of_an_area(area: str) -> None:
    facts = scan([default_file(area)])
    many = britain().locate_many(list(facts))
    for row, (text, fact) in enumerate(facts.items()):
        one = britain().locate(text)
        assert one.quality is Quality.LIVE is QUALITIES[many.qualities[row]]
        if fact.easting:
            assert one.point is not None
            assert (one.point.easting_m, one.point.northing_m) == (fact.easting, fact.northing)
            assert (many.eastings_m[row], many.northings_m[row]) == (fact.easting, fact.northing)
            assert one.accuracy_m == many.accuracy_m[row] >= 10
        else:
            assert one.point is None
            assert np.isnan(many.eastings_m[row])


def test_some_postcodes_of_every_area() -> None:
    chosen = random.Random(20260101)
    for path in default_files():
        with gzip.open(path, "rt") as file:
            lines = file.read().splitlines()
        for line in chosen.sample(lines, 20):
            text, _, easting, northing = line.split(",")
            found = britain().locate(text.lower().replace(" ", ""))
            assert found.quality is Quality.LIVE
            point = found.point
            place = (point.easting_m, point.northing_m) if point is not None else (0, 0)
            assert place == (int(easting), int(northing))


def test_every_ending_of_some_sectors() -> None:
    facts = scan([default_file("WA")])
    for sector in ("WA8 6", "WA7 1", "WA16 0"):
        for ending in (a + b for a in INWARD for b in INWARD):
            text = f"{sector}{ending}"
            expected = Quality.LIVE if text in facts else Quality.UNKNOWN
            assert britain().locate(text).quality is expected
        live = sum(text.startswith(sector) for text in facts)
        assert 0 < live < 400


@pytest.mark.parametrize("area", AREAS)
def test_every_sector_and_district_of_an_area(area: str) -> None:
    facts = scan([default_file(area)])
    names = {text[:-2] for text in facts} | {text[:-4] for text in facts}
    for name in names:
        expected = part(facts, name)
        assert expected is not None
        east, north, radius, live = expected
        found = britain().locate(name)
        assert found.quality is (Quality.SECTOR if " " in name else Quality.OUTWARD)
        count = "one postcode" if live == 1 else f"{live:,} postcodes"
        assert f"the first part of {count}" in found.sentence
        if not east:
            assert found.point is None
            continue
        assert found.point is not None
        assert abs(found.point.easting_m - east) <= 0.5
        assert abs(found.point.northing_m - north) <= 0.5
        # A lone postcode reaches beyond its own centre, so the radius may be more, never less.
        assert found.accuracy_m is not None
        assert found.accuracy_m >= math.floor(radius)
        if live > 60:
            assert found.accuracy_m <= math.ceil(radius / 10) * 10 + 200


@pytest.fixture(scope="module")
def shetland(tmp_path_factory: pytest.TempPathFactory) -> PackedGazetteer:
    directory: Path = tmp_path_factory.mktemp("shetland")
    facts = scan([default_file("ZE")])
    keep(directory, [f"{t},{f.grade},{f.easting},{f.northing}" for t, f in facts.items()])
    gazetteer = open_gazetteer(directory)
    assert isinstance(gazetteer, PackedGazetteer)
    return gazetteer


def test_accuracy_is_the_eighth_neighbour(shetland: PackedGazetteer) -> None:
    facts = scan([default_file("ZE")])
    chosen = random.Random(20260101).sample(sorted(facts), 60)
    compared = 0
    for text in chosen:
        if not facts[text].easting or facts[text].grade >= 50:
            continue
        expected = max(math.ceil(round(eighth_neighbour_m(facts, text), 6) / 10) * 10, 10)
        assert shetland.locate(text).accuracy_m == expected
        compared += 1
    assert compared > 40


def test_untidy_texts() -> None:
    facts = scan([default_file("WC")])
    for number, text in enumerate(sorted(facts)[:500]):
        untidy = ("{}", " {} ", "{}.", "{},", "\u00a0{}")[number % 5].format(
            (text, text.lower(), text.replace(" ", ""), text.replace(" ", "  "))[number % 4]
        )
        assert tidied(untidy) == text
        assert britain().locate(untidy)._replace(asked=text) == britain().locate(text)
