import json
from datetime import date, time

import pytest
from shapely.geometry import box

from geo.network import BadTravelFile, read_barriers, read_crossings
from geo.point import GridPoint
from geo.travel import DetourTravel, Method, Mode, OpenHours, Traveller

RIVER = [[[-2.78, 53.34], [-2.70, 53.34], [-2.70, 53.345], [-2.78, 53.345], [-2.78, 53.34]]]
BOW_TIE = [[[-2.7, 53.3], [-2.6, 53.4], [-2.6, 53.3], [-2.7, 53.4], [-2.7, 53.3]]]
BRIDGE = """
[[crossing]]
id = "old-bridge"
name = "Old Bridge"
ends = [[351000, 383385], [351000, 383731]]
length_m = 346
modes = ["walk", "bus", "car"]
toll_modes = ["car"]
hours = [{ opens = 06:00:00, closes = 22:00:00, days = ["mon", "sat"] }]
valid_from = 2021-02-26
verified_on = 2026-01-05
"""


def collection(*features, **more):
    return json.dumps({"type": "FeatureCollection", "features": list(features), **more})


def river(coordinates=RIVER, kind="Polygon", **properties):
    shape = {"type": kind, "coordinates": coordinates}
    return {"type": "Feature", "properties": {"name": "River"} | properties, "geometry": shape}


def barriers(tmp_path, text):
    file = tmp_path / "barriers.geojson"
    file.write_text(text, encoding="utf-8")
    return read_barriers(file)


def crossings(tmp_path, text):
    file = tmp_path / "crossings.toml"
    file.write_text(text, encoding="utf-8")
    return read_crossings(file)


def test_a_river_in_degrees_comes_out_on_the_grid(tmp_path):
    [found] = barriers(tmp_path, collection(river()))
    assert (found.id, found.name) == ("barrier-1", "River")
    corner = GridPoint(round(found.geometry.bounds[0]), round(found.geometry.bounds[1])).to_lonlat()
    assert corner.lon == pytest.approx(-2.78, abs=0.001)
    assert corner.lat == pytest.approx(53.34, abs=0.001)


def test_a_river_in_metres_stays_as_it_is(tmp_path):
    square = box(350_000, 380_000, 351_000, 380_300)
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::27700"}}
    text = collection(river([list(map(list, square.exterior.coords))], id="r"), crs=crs)
    [found] = barriers(tmp_path, text)
    assert found.id == "r"
    assert found.geometry.equals(square)


def test_a_bridge_is_read_whole(tmp_path):
    [bridge] = crossings(tmp_path, BRIDGE)
    assert bridge.ends == (GridPoint(351_000, 383_385), GridPoint(351_000, 383_731))
    assert bridge.modes == {Mode.WALK, Mode.BUS, Mode.CAR}
    assert bridge.toll_modes == {Mode.CAR}
    assert bridge.hours == (OpenHours(time(6), time(22), frozenset({0, 5})),)
    assert (bridge.valid_from, bridge.valid_to) == (date(2021, 2, 26), None)
    assert bridge.verified_on == date(2026, 1, 5)


def test_a_folder_with_both_makes_a_town_and_one_with_none_is_dry_land(tmp_path):
    assert read_barriers(tmp_path) == []
    assert read_crossings(tmp_path) == []
    water = list(map(list, box(345_000, 383_400, 357_000, 383_700).exterior.coords))
    grid = {"type": "name", "properties": {"name": "EPSG:27700"}}
    barriers(tmp_path, collection(river([water]), crs=grid))
    crossings(tmp_path, BRIDGE.split("hours")[0])
    travel = DetourTravel(read_barriers(tmp_path), read_crossings(tmp_path))
    north, south = GridPoint(351_100, 384_500), GridPoint(351_100, 383_000)
    [journey] = travel.journeys(north, [south], Traveller(1.33))
    assert (journey.method, journey.crossing) == (Method.CROSSING, "Old Bridge")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "is not JSON"),
        ("[]", "not a GeoJSON FeatureCollection"),
        (collection({"type": "Feature", "geometry": None}), r"number 1\) without a geometry"),
        (collection(river(name=" ")), "without a name"),
        (collection(river(), river([[0, 0], [1, 1]], "LineString")), r"number 2\).*LineString"),
        (collection(river([[["a", 0]]])), "whose shape is broken"),
        (
            collection(river(BOW_TIE)),
            "not a valid polygon",
        ),
        (collection(river(id="r"), river(id="r")), "'r' more than once"),
        (collection(river(), crs={"properties": {"name": "EPSG:3857"}}), "is in 'EPSG:3857'"),
    ],
)
def test_what_is_wrong_with_barriers_is_said(tmp_path, text, said):
    with pytest.raises(BadTravelFile, match=said) as caught:
        barriers(tmp_path, text)
    assert caught.value.fields["file"] == "barriers.geojson"


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("[[crossing]]", "[[crossing", "is not TOML"),
        ("[[crossing]]", "[[bridge]]", "tables and nothing else"),
        ("length_m = 346", "", "length_m is missing"),
        ("length_m = 346", "length_m = 'long'", "length_m must be a number"),
        ("length_m = 346", "length_m = 300", "346.0 m from end to end"),
        ("length_m", "legth_m", "missing"),
        ("verified_on", "checked_on", "checked_on is not a word known here"),
        ('"car"]\nhours', '"cycle"]\nhours', "not 'cycle'"),
        ('toll_modes = ["car"]', 'toll_modes = "car"', "toll_modes may hold"),
        ("[351000, 383385]", "[351000]", "ends must be two places"),
        ("[351000, 383385]", "[-2.7, 53.3]", "degrees|outside"),
        ("2021-02-26", '"soon"', "valid_from must be a day"),
        ("2021-02-26", "2021-02-26T10:00:00", "valid_from must be a day"),
        ("06:00:00", '"six"', "times like 06:00:00"),
        ('"sat"', '"saturday"', "days may hold"),
        ('"Old Bridge"', '" "', "name must be words"),
    ],
)
def test_what_is_wrong_with_a_crossing_is_said(tmp_path, old, new, said):
    assert old in BRIDGE
    with pytest.raises(BadTravelFile, match=said):
        crossings(tmp_path, BRIDGE.replace(old, new))


def test_one_bridge_may_not_be_told_of_twice(tmp_path):
    with pytest.raises(BadTravelFile, match="'old-bridge' more than once"):
        crossings(tmp_path, BRIDGE + BRIDGE)


def test_files_that_are_not_there_or_not_text_are_refused(tmp_path):
    with pytest.raises(BadTravelFile, match="cannot be opened"):
        read_crossings(tmp_path / "none.toml")
    (tmp_path / "crossings.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(BadTravelFile, match="not UTF-8"):
        read_crossings(tmp_path)
