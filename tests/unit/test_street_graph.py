import shutil
import sys

import numpy as np
import pytest
from network_worlds import SOUTH, WEST, at, long_street, streets
from shared import shared_path

from geo.network import BadNetworkFile, CacheUnusable, OutsideNetwork, open_network
from geo.network import graph as graph_module
from geo.network.cache import cached
from geo.network.walks import Walks
from geo.progress import Quiet

LEEDS = "data/geo/network/leeds-its-example.osm.pbf"


def snap(graph, east_m, north_m, limit_m=100.0):
    return graph.on_foot.snapper.snap(np.array([[WEST + east_m, SOUTH + north_m]]), limit_m)


def test_a_place_meets_the_middle_of_a_street_not_its_nearest_corner():
    found = snap(streets([(0, 0), (1_000, 0)], [(0, 1)]), 430, 30)
    assert (found.edge[0], found.along_m[0], found.aside_m[0]) == (0, 430.0, 30.0)


def test_exactly_the_limit_is_inside_and_more_is_not():
    graph = streets([(0, 0), (1_000, 0)], [(0, 1)])
    assert snap(graph, 500, 100).inside[0]
    assert not snap(graph, 500, 100.001).inside[0]
    assert snap(graph, 500, 100.001).edge[0] == -1


def test_without_streets_everything_is_outside():
    graph = streets([(0, 0), (100, 0)], [(0, 1)], steps=[(0, 1)])
    assert snap(graph, 0, 0).inside[0]
    assert not graph.on_wheels.in_largest.any()
    nowhere = graph.on_wheels.snapper.snap(np.array([[WEST, SOUTH]]))
    assert not nowhere.inside.any()


def test_only_the_largest_part_is_walked_on_and_its_nodes_are_flagged():
    graph = streets([(0, 0), (100, 0), (200, 0), (0, 50), (100, 50)], [(0, 1), (1, 2), (3, 4)])
    assert graph.on_foot.in_largest.tolist() == [True, True, True, False, False]
    assert snap(graph, 50, 45).aside_m[0] == 45.0


def test_steps_are_walked_and_wheels_go_round():
    square = [(0, 0), (100, 0), (100, 100), (0, 100)]
    walks = Walks(streets(square, [(0, 1), (1, 2), (2, 3), (3, 0)], steps=[(0, 1)]))
    metres = [
        walks.metres(at(0), walks.snap(np.array([[WEST + 100, SOUTH]]), wheels), wheels, 100.0)[0]
        for wheels in (False, True)
    ]
    assert metres == [100.0, 300.0]


def test_two_places_on_one_street_do_not_go_by_its_ends():
    walks = Walks(streets([(0, 0), (1_000, 0), (1_000, 10)], [(0, 1), (1, 2)]))
    there = walks.snap(np.array([[WEST + 700.0, SOUTH + 5]]), False)
    assert walks.metres(at(300, 20), there, False, 400.0)[0] == pytest.approx(20 + 400 + 5)


def test_a_run_is_remembered_and_made_again_only_for_farther_places():
    walks = Walks(long_street())
    first = walks.run(at(0), False, 500.0)
    assert walks.run(at(0), False, 400.0) is first
    assert walks.run(at(0), False, 900.0) is not first
    assert np.isfinite(first.node_m).sum() == 6


def test_walks_from_outside_are_refused_with_the_limit():
    with pytest.raises(OutsideNetwork, match="more than 100 m from every street"):
        Walks(long_street()).run(at(0, 101), False, 500.0)


def test_an_extract_is_read_once_and_again_when_it_changes(tmp_path, monkeypatch):
    pytest.importorskip("osmium")
    file = tmp_path / "town.osm.pbf"
    shutil.copy(shared_path(LEEDS), file)
    first = open_network(file, tmp_path / "kept")
    assert len(first.osm_node) > 100
    assert first.on_foot.in_largest.any()
    assert isinstance(first.on_foot.lengths_m, np.memmap)

    def refuse(*_):
        raise AssertionError("read again")

    with monkeypatch.context() as patch:
        patch.setattr(graph_module, "read_streets", refuse)
        again = open_network(file, tmp_path / "kept")
        assert (again.osm_node == first.osm_node).all()
        file.write_bytes(file.read_bytes() + b"\0")
        with pytest.raises(AssertionError, match="read again"):
            open_network(file, tmp_path / "kept")


@pytest.mark.parametrize("content", [b"", b"not a map", None])
def test_what_is_no_extract_is_refused_by_name(tmp_path, content):
    pytest.importorskip("osmium")
    file = tmp_path / "town.osm.pbf"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(BadNetworkFile, match=r"town\.osm\.pbf"):
        open_network(file, tmp_path / "kept")
    assert not list((tmp_path / "kept").glob("*"))


def test_half_an_extract_is_refused(tmp_path):
    pytest.importorskip("osmium")
    whole = shared_path(LEEDS).read_bytes()
    file = tmp_path / "town.osm.pbf"
    file.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(BadNetworkFile, match="Give a whole"):
        open_network(file, tmp_path / "kept")


def test_a_build_that_fails_leaves_nothing_and_a_broken_one_is_made_again(tmp_path):
    def fail():
        raise BadNetworkFile("no")

    with pytest.raises(BadNetworkFile):
        cached(tmp_path, "streets", "one", fail)
    assert list(tmp_path.iterdir()) == []
    cached(tmp_path, "streets", "one", lambda: {"a": np.arange(3)})
    [home] = tmp_path.iterdir()
    (home / "a.npy").write_bytes(b"half")
    found = cached(tmp_path, "streets", "one", lambda: {"a": np.arange(4)})
    assert found["a"].tolist() == [0, 1, 2, 3]
    assert len(list(tmp_path.iterdir())) == 1


def test_a_folder_that_cannot_be_written_says_so(tmp_path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(CacheUnusable, match="cannot be kept"):
        cached(tmp_path / "file", "streets", "one", lambda: {"a": np.arange(3)})


def test_quiet_is_enough_of_a_progress_to_read_with(tmp_path):
    pytest.importorskip("osmium")
    graph = open_network(shared_path(LEEDS), tmp_path, progress=Quiet())
    assert graph.on_wheels.in_largest.sum() <= graph.on_foot.in_largest.sum()


def test_without_the_reader_of_extracts_the_way_out_is_said(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "osmium", None)
    (tmp_path / "town.osm.pbf").write_bytes(b"any")
    with pytest.raises(BadNetworkFile, match="needs the package osmium"):
        open_network(tmp_path / "town.osm.pbf", tmp_path / "kept")
