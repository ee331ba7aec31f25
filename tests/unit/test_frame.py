import subprocess
import sys

import geopandas
import pytest
from shapely.geometry import Point, box

from geo.errors import BadCoordinate, CrsMismatch
from geo.frame import from_frame, require_grid, to_frame, to_lonlat_frame
from geo.point import GridPoint

PLACES = [GridPoint(351_137, 385_284), GridPoint(351_329.25, 382_947.5)]


def test_there_and_back_again():
    frame = to_frame(PLACES, {"name": ["Newtown Surgery", "Tower House"], "seats": [3, 4]})
    assert frame.crs.to_epsg() == 27700
    assert frame.columns.tolist() == ["name", "seats", "geometry"]
    assert frame["seats"].tolist() == [3, 4]
    assert from_frame(frame) == PLACES


def test_no_places_are_an_empty_frame_that_still_says_its_system():
    frame = to_frame([], {"name": []})
    assert len(frame) == 0
    assert frame.columns.tolist() == ["name", "geometry"]
    assert frame.crs.to_epsg() == 27700
    assert from_frame(frame) == []
    assert len(to_lonlat_frame(frame)) == 0


def test_a_column_is_as_long_as_the_list_of_places():
    with pytest.raises(BadCoordinate, match="name has 1 values for 2 points"):
        to_frame(PLACES, {"name": ["only one"]})


def test_the_name_of_the_geometry_is_taken():
    with pytest.raises(BadCoordinate, match="called geometry"):
        to_frame(PLACES, {"geometry": [1, 2]})


def test_rows_keep_their_order_whatever_their_labels():
    frame = to_frame(PLACES).set_index([[9, 2]])
    assert from_frame(frame) == PLACES


def test_a_frame_without_a_system_is_refused():
    with pytest.raises(CrsMismatch, match="does not say"):
        from_frame(geopandas.GeoDataFrame(geometry=[Point(351_137, 385_284)]))
    with pytest.raises(CrsMismatch, match="does not say"):
        require_grid(geopandas.GeoDataFrame({"name": ["no geometry at all"]}))


@pytest.mark.parametrize("epsg", [4326, 3857, 27701])
def test_a_frame_in_another_system_is_refused_by_its_name_and_never_converted(epsg):
    frame = geopandas.GeoDataFrame(geometry=[Point(1, 2)], crs=epsg)
    with pytest.raises(CrsMismatch) as caught:
        from_frame(frame)
    assert caught.value.fields == {"expected": "EPSG:27700", "found": f"EPSG:{epsg}"}


def test_the_grid_under_another_spelling_is_still_the_grid():
    frame = to_frame(PLACES)
    spelt = frame.set_crs(frame.crs.to_wkt("WKT1_ESRI"), allow_override=True)
    assert from_frame(spelt) == PLACES


@pytest.mark.parametrize("shape", [None, Point(), box(350_000, 383_000, 351_000, 384_000)])
def test_a_row_that_is_not_a_point_is_refused_by_its_number(shape):
    frame = geopandas.GeoDataFrame(geometry=[Point(351_137, 385_284), shape], crs=27700)
    with pytest.raises(BadCoordinate, match="Row 1 is not a point"):
        from_frame(frame)


def test_a_point_outside_britain_is_refused_by_its_row():
    frame = geopandas.GeoDataFrame(geometry=[Point(351_137, 385_284), Point(0, 0)], crs=27700)
    with pytest.raises(BadCoordinate, match="Row 1: "):
        from_frame(frame)


def test_longitude_and_latitude_are_those_of_the_points():
    frame = to_frame(PLACES, {"name": ["a", "b"]}).set_index([[9, 2]])
    lonlat = to_lonlat_frame(frame)
    assert lonlat.crs.to_epsg() == 4326
    assert lonlat["name"].tolist() == ["a", "b"]
    for place, shape in zip(PLACES, lonlat.geometry, strict=True):
        expected = place.to_lonlat()
        assert (shape.x, shape.y) == pytest.approx((expected.lon, expected.lat), abs=1e-7)
    assert frame.crs.to_epsg() == 27700


def test_areas_and_missing_shapes_are_converted_for_display():
    area = box(350_000, 383_000, 351_000, 384_000)
    lonlat = to_lonlat_frame(geopandas.GeoDataFrame(geometry=[area, None], crs=27700))
    west, south, east, north = lonlat.geometry[0].bounds
    assert -2.8 < west < east < -2.7
    assert 53.3 < south < north < 53.4
    assert lonlat.geometry[1] is None


def test_only_degrees_of_the_grid_are_converted():
    with pytest.raises(CrsMismatch):
        to_lonlat_frame(geopandas.GeoDataFrame(geometry=[Point(-2.7, 53.3)], crs=4326))


def test_geopandas_is_loaded_only_when_a_frame_is_made():
    code = "import sys, geo.frame; print('geopandas' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
