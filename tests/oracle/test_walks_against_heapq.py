"""Shortest walks in a real town beside plain Dijkstra on somebody else's reading of its streets."""

import heapq
import math
import random

import pytest
from shared import shared_path

from geo.network import NetworkTravel, open_network
from geo.point import GridPoint
from geo.travel import DetourTravel, Method, Traveller

PBF = "data/geo/network/newport-2023-06-13.osm.pbf"


def walk_m(ways, start):
    """Metres from one node to every other, by the textbook."""
    metres = {start: 0.0}
    queue = [(0.0, start)]
    while queue:
        gone, here = heapq.heappop(queue)
        if gone > metres[here]:
            continue
        for there, length in ways[here]:
            if gone + length < metres.get(there, math.inf):
                metres[there] = gone + length
                heapq.heappush(queue, (gone + length, there))
    return metres


@pytest.fixture(scope="module")
def town():
    """The streets as published beside the extract: node positions, and who leads where."""
    pd = pytest.importorskip("pandas")
    nodes = pd.read_parquet(shared_path("data/geo/network/newport_walk_nodes.parquet"))
    edges = pd.read_parquet(shared_path("data/geo/network/newport_walk_edges.parquet"))
    ways = {node: [] for node in nodes["node"].tolist()}
    for u, v, length in edges[["u", "v", "length_m"]].itertuples(index=False):
        ways[u].append((v, length))
        ways[v].append((u, length))
    return nodes, ways


@pytest.fixture(scope="module")
def travel(tmp_path_factory):
    pytest.importorskip("osmium")
    graph = open_network(shared_path(PBF), tmp_path_factory.mktemp("streets"))
    return NetworkTravel(graph, DetourTravel())


def test_the_streets_are_those_that_were_published(town, travel):
    nodes, ways = town
    graph = travel.walks.graph
    assert set(graph.osm_node.tolist()) == set(ways)
    largest = nodes.set_index("node").loc[graph.osm_node, "in_largest_component"]
    assert (largest.to_numpy() == graph.on_foot.in_largest).all()


def test_walks_between_random_corners_agree_to_five_metres(town, travel):
    nodes, ways = town
    inside = nodes[nodes["in_largest_component"]]
    points = {
        node: GridPoint(easting, northing)
        for node, easting, northing in inside[["node", "easting", "northing"]].itertuples(
            index=False
        )
    }
    draw = random.Random(20230613)
    for _ in range(6):
        start, *ends = draw.sample(sorted(points), 40)
        expected = walk_m(ways, start)
        found = travel.journeys(points[start], [points[end] for end in ends], Traveller(1.33))
        for end, journey in zip(ends, found, strict=True):
            assert journey.method is Method.NETWORK
            # The published lengths are true metres, ours grid metres: 1 in 2,500 apart.
            assert journey.distance_m == pytest.approx(expected[end], abs=5.0, rel=5e-4)


def test_what_is_answered_does_not_depend_on_what_was_asked_before(town, travel):
    nodes, _ = town
    inside = nodes[nodes["in_largest_component"]].sample(30, random_state=7)
    home, *places = [
        GridPoint(easting, northing)
        for easting, northing in inside[["easting", "northing"]].itertuples(index=False)
    ]
    places.sort(key=lambda place: math.hypot(place.easting_m - home.easting_m, place.northing_m))
    fresh = NetworkTravel(travel.walks.graph, DetourTravel())
    one_by_one = [fresh.journeys(home, [place], Traveller(1.33))[0] for place in places]
    other = NetworkTravel(travel.walks.graph, DetourTravel())
    assert other.journeys(home, places, Traveller(1.33)) == one_by_one


def test_postcodes_beyond_the_cut_are_outside_and_say_so(travel):
    pd = pytest.importorskip("pandas")
    codes = pd.read_csv(shared_path("data/geo/demo_newport/postcodes_newport_2025-11.csv"))
    points = [
        GridPoint(float(east), float(north))
        for east, north in zip(codes["easting"], codes["northing"], strict=True)
    ]
    found = travel.journeys(GridPoint(331_000, 188_000), points, Traveller(1.33))
    methods = [journey.method for journey in found]
    assert methods.count(Method.NETWORK) == 2_417
    assert methods.count(Method.DETOUR) == 3_661 - 2_417
