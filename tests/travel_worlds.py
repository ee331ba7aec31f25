"""Small worlds of rivers and bridges, for the tests that compare travel with its slow twin."""

from hypothesis import strategies as st
from shapely.geometry import Polygon, box

from geo.distance import straight_line_m
from geo.point import GridPoint
from geo.travel import Barrier, Crossing, Mode, Traveller

SOUTH_WEST = (350_000, 380_000)
SIDE_M = 6_000

steps = st.integers(0, SIDE_M // 100).map(lambda step: step * 100)
points = st.builds(lambda e, n: GridPoint(SOUTH_WEST[0] + e, SOUTH_WEST[1] + n), steps, steps)
modes = st.frozensets(st.sampled_from([Mode.WALK, Mode.WHEEL, Mode.CAR]), min_size=1)
travellers = st.builds(
    Traveller,
    st.sampled_from([0.64, 1.33]),
    st.frozensets(st.sampled_from(list(Mode)), min_size=1),
    st.sampled_from([None, 50.0, 2_000.0]),
)


@st.composite
def barriers(draw):
    """A crooked band from west to east, an upright box, or a triangle."""
    kind = draw(st.sampled_from(["band", "box", "triangle"]))
    west, south = SOUTH_WEST
    if kind == "band":
        bends = [(west - 2_000 + 2_500 * at, south + draw(steps)) for at in range(5)]
        width_m = draw(st.sampled_from([100, 160, 400, 900]))
        shape = Polygon([*bends, *((e, n + width_m) for e, n in reversed(bends))])
    elif kind == "box":
        corner = draw(points)
        shape = box(
            corner.easting_m,
            corner.northing_m,
            corner.easting_m + draw(st.integers(1, 30)) * 100,
            corner.northing_m + draw(st.integers(1, 30)) * 100,
        )
    else:
        corners = draw(st.lists(points, min_size=3, max_size=3, unique=True))
        shape = Polygon([(corner.easting_m, corner.northing_m) for corner in corners])
        if shape.area < 1.0:
            shape = box(*SOUTH_WEST, west + 100, south + 100)
    return Barrier("b", "Barrier", shape)


@st.composite
def crossings(draw, number):
    # A crossing of no length is a place to go round a bend by.
    ends = draw(st.tuples(points, points) | points.map(lambda at: (at, at)))
    length_m = straight_line_m(*ends) * draw(st.sampled_from([1.0, 1.2, 3.0]))
    return Crossing(f"c{number}", f"Crossing {number}", ends, length_m, draw(modes))


@st.composite
def worlds(draw):
    """Barriers and crossings of one small square."""
    many = draw(st.integers(0, 4))
    return (
        draw(st.lists(barriers(), max_size=3)),
        [draw(crossings(number)) for number in range(many)],
    )
