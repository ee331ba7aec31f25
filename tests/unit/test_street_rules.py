import pytest

from geo.network.rules import NOBODY, Access, access, stops_wheels


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        ({"highway": "footway"}, Access(True, True)),
        ({"highway": "residential", "access": "destination"}, Access(True, True)),
        ({"highway": "motorway"}, NOBODY),
        ({"highway": "construction", "foot": "yes"}, NOBODY),
        ({"highway": "trunk"}, Access(True, True)),
        ({"highway": "trunk", "motorroad": "yes"}, NOBODY),
        ({"highway": "primary", "foot": "no"}, NOBODY),
        ({"highway": "service", "access": "private"}, NOBODY),
        ({"highway": "track", "access": "no"}, NOBODY),
        ({"highway": "service", "access": "private", "foot": "permissive"}, Access(True, True)),
        ({"highway": "path", "foot": "private"}, NOBODY),
        ({"highway": "steps"}, Access(True, False)),
        ({"highway": "steps", "ramp:wheelchair": "yes"}, Access(True, True)),
        ({"highway": "footway", "wheelchair": "no"}, Access(True, False)),
        ({"highway": "pedestrian", "area": "yes"}, NOBODY),
        ({"railway": "rail"}, NOBODY),
    ],
)
def test_who_may_use_a_street(tags, expected):
    assert access(tags) == expected


def test_stiles_stop_wheels_and_bollards_do_not():
    assert stops_wheels({"barrier": "stile"})
    assert not stops_wheels({"barrier": "kissing_gate", "wheelchair": "yes"})
    assert not stops_wheels({"barrier": "bollard"})
