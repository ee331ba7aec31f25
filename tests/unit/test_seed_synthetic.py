"""The benchmark's assets: the same each time, near the points given, fit to be imported."""

from __future__ import annotations

import csv
import io
from dataclasses import fields
from datetime import date

import numpy as np
import pytest

from benchmarks.english_postcodes import postcode_points
from benchmarks.synthetic import (
    ACCESS,
    DAYS,
    DELIVERY,
    UNKNOWN,
    SyntheticAssets,
    synthetic_assets,
)
from geo.gazetteer import NullGazetteer
from seed_data import needs
from service.register.imports.assets import read_asset_file

EASTINGS = np.array([351_137.0, 354_034.0, 530_000.0])
NORTHINGS = np.array([385_284.0, 382_657.0, 180_000.0])


@pytest.fixture(scope="module")
def assets() -> SyntheticAssets:
    return synthetic_assets(5_000, EASTINGS, NORTHINGS, seed=7)


def test_equal_seeds_give_equal_assets_and_others_do_not(assets):
    again = synthetic_assets(5_000, EASTINGS, NORTHINGS, seed=7)
    for field in fields(SyntheticAssets):
        assert np.array_equal(getattr(assets, field.name), getattr(again, field.name)), field.name
    other = synthetic_assets(5_000, EASTINGS, NORTHINGS, seed=8)
    assert not np.array_equal(assets.easting_m, other.easting_m)


def test_every_array_is_as_long_as_it_says(assets):
    longer = {"need_start": 5_001, "need": len(assets.directness), "directness": len(assets.need)}
    for field in fields(SyntheticAssets):
        value = getattr(assets, field.name)
        if isinstance(value, np.ndarray):
            assert len(value) == longer.get(field.name, 5_000), field.name
    assert assets.need_start[0] == 0
    assert assets.need_start[-1] == len(assets.need)


def test_needs_are_those_of_the_kind_of_group(assets):
    taxonomy = needs.load()
    for i in range(0, 5_000, 250):
        part = slice(assets.need_start[i], assets.need_start[i + 1])
        found = {
            assets.need_ids[need]: value
            for need, value in zip(assets.need[part], assets.directness[part], strict=True)
        }
        assert found == taxonomy.needs_of_kind(assets.group_kinds[assets.group_kind[i]])


def test_every_need_is_served_and_common_ones_more_often(assets):
    served = np.bincount(assets.need, minlength=38)
    assert served.min() > 0
    assert assets.need_ids[int(served.argmax())] in {"loneliness_isolation", "low_mood_anxiety"}


def test_assets_are_near_their_postcodes_and_follow_them(assets):
    away = np.hypot(
        assets.easting_m - EASTINGS[assets.postcode_index],
        assets.northing_m - NORTHINGS[assets.postcode_index],
    )
    assert away.max() < 1_000
    assert np.bincount(assets.postcode_index, minlength=3).min() > 5_000 / 3 * 0.9


def test_bit_masks_stay_within_their_words_and_never_contradict(assets):
    assert not (assets.access_has & assets.access_lacks).any()
    assert (assets.access_has | assets.access_lacks).max() < 1 << len(ACCESS)
    assert 0 < assets.deliveries.min() <= assets.deliveries.max() < 1 << len(DELIVERY)
    assert 0 < assets.days.min() <= assets.days.max() < 1 << len(DAYS)


def test_something_is_unknown_of_every_rule(assets):
    for name in ("min_age", "max_age", "open_to", "cost_pence", "capacity", "serves_m"):
        values = getattr(assets, name)
        assert 0.02 < (values == UNKNOWN).mean() < 0.95, name


def test_rows_are_accepted_by_the_importer(assets):
    rows = [row for batch in assets.batches(64) for row in batch][:300]
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    read = read_asset_file(
        text.getvalue().encode(),
        gazetteer=NullGazetteer(),
        today=date(2026, 11, 25),
        max_bytes=10_000_000,
    )
    assert list(read.rejected) == []
    assert len(read.assets) == 300
    assert all(asset.invented for asset in read.assets)


def test_batches_hold_every_row_once(assets):
    few = synthetic_assets(25, EASTINGS, NORTHINGS)
    sizes = [len(batch) for batch in few.batches(10)]
    assert sizes == [10, 10, 5]
    assert [row for batch in few.batches(10) for row in batch] == list(few.rows())


def test_none_is_nothing_and_nowhere_is_refused():
    nothing = np.zeros(0)
    assert len(synthetic_assets(0, nothing, nothing)) == 0
    assert list(synthetic_assets(0, nothing, nothing).batches()) == []
    with pytest.raises(ValueError, match="at least one"):
        synthetic_assets(1, nothing, nothing)
    with pytest.raises(ValueError, match="as many"):
        synthetic_assets(1, EASTINGS, nothing)


def test_postcode_points_of_an_area_lie_in_it():
    eastings, northings = postcode_points({"wa"})
    assert len(eastings) == len(northings) > 10_000
    assert 340_000 < np.median(eastings) < 370_000
    assert 370_000 < np.median(northings) < 400_000
    assert len(postcode_points({"QQ"})[0]) == 0
