"""Parameters come from configuration, are checked, and say where they come from."""

from __future__ import annotations

from dataclasses import fields

import pytest

from geo.travel import Mode
from service.matching.errors import BadParameter, UnknownParameter
from service.matching.parameters import MatchParameters, parameter_sources


def test_what_is_not_configured_keeps_its_default():
    made = MatchParameters.from_mapping({"half_foot_min": 8, "version": "halton-2"})
    assert (made.half_foot_min, made.version) == (8.0, "halton-2")
    assert made.half_vehicle_min == MatchParameters().half_vehicle_min
    assert MatchParameters.from_mapping({}) == MatchParameters()


def test_a_list_stands_for_a_set():
    made = MatchParameters.from_mapping({"papers_needs": ["young_person"]})
    assert made.papers_needs == frozenset({"young_person"})


def test_an_unknown_key_is_refused_and_the_nearest_named():
    with pytest.raises(UnknownParameter, match="Did you mean 'near_tie'"):
        MatchParameters.from_mapping({"near_ties": 0.1})


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("half_foot_min", 0.0),
        ("half_foot_min", -1.0),
        ("half_foot_min", float("nan")),
        ("half_foot_min", float("inf")),
        ("half_foot_min", "10"),
        ("half_foot_min", True),
        ("unknown_ratio", 1.1),
        ("unknown_ratio", -0.1),
        ("diversify", 1),
        ("near_misses", 2.5),
        ("near_misses", -1),
        ("counterfactual_places", 0),
        ("papers_needs", "young_person"),
        ("papers_needs", [1]),
        ("prior_accepted", 6.0),
    ],
)
def test_a_value_that_makes_no_sense_is_refused_by_name(key: str, value: object):
    with pytest.raises(BadParameter) as refused:
        MatchParameters.from_mapping({key: value})
    assert refused.value.fields["parameter"] == key
    assert key in refused.value.message


def test_every_parameter_is_documented_and_sourced():
    sources = parameter_sources()
    documented = MatchParameters.__doc__ or ""
    for each in fields(MatchParameters):
        assert sources[each.name], each.name
        assert each.name in documented, each.name


def test_half_times_by_mode():
    made = MatchParameters(half_foot_min=7.0, half_vehicle_min=13.0)
    assert [made.half_minutes(mode) for mode in (Mode.WALK, Mode.WHEEL)] == [7.0, 7.0]
    assert {made.half_minutes(mode) for mode in (Mode.BUS, Mode.LIFT, Mode.CAR)} == {13.0}
    assert made.half_minutes(Mode.PHONE) == float("inf")
