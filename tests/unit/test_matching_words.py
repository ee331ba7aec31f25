"""The small phrases that sentences are made of."""

from __future__ import annotations

from datetime import date, time

import pytest
from matching_world import person, place_at

from geo.travel import Journey, Method, Mode
from service.matching.journey_words import journey_sentence
from service.matching.verdict import Verdict
from service.matching.way import Way
from service.matching.wording import (
    about,
    ages,
    clock,
    conditions,
    day,
    either,
    languages,
    length,
    ordinal,
    pounds,
)
from service.register.vocabulary import Delivery


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (either([]), ""),
        (either(["WA7"]), "WA7"),
        (either(["WA7", "WA8"]), "WA7 or WA8"),
        (either(["WA5", "WA7", "WA8"]), "WA5, WA7 or WA8"),
        (languages({"pl", "en"}), "English or Polish"),
        (languages({"xx"}), "xx"),
        (conditions({"stroke", "parkinsons"}), "live with Parkinson's or have had a stroke"),
        (conditions({"long_covid"}), "live with long covid"),
        (ages(None, None), "of any age"),
        (ages(18, 25), "aged 18 to 25"),
        (ages(60, 60), "aged 60"),
        (ages(0, 17), "aged 17 and under"),
        (clock(time(0)), "midnight"),
        (clock(time(12)), "midday"),
        (clock(time(0, 5)), "12:05am"),
        (clock(time(15)), "3pm"),
        (clock(time(10, 30)), "10:30am"),
        (day(date(2026, 3, 5)), "5 March 2026"),
        (pounds(0), "free"),
        (pounds(80), "80p"),
        (pounds(300), "£3"),
        (pounds(250), "£2.50"),
        (length(99.9), "under 100 m"),
        (length(994), "990 m"),
        (length(995), "1 km"),
        (length(2_449), "2.4 km"),
        (about(0.4), "less than a minute"),
        (about(1), "about 1 minute"),
        (about(59.4), "about 59 minutes"),
        (about(59.6), "about 1 hour"),
        (about(121), "about 2 hours 1 minute"),
        (about(65), "about 1 hour 5 minutes"),
        (ordinal(1), "1st"),
        (ordinal(2), "2nd"),
        (ordinal(3), "3rd"),
        (ordinal(4), "4th"),
        (ordinal(11), "11th"),
        (ordinal(112), "112th"),
        (ordinal(23), "23rd"),
    ],
)
def test_a_phrase(said: str, expected: str):
    assert said == expected


def sentence(journey: Journey) -> str:
    return journey_sentence(
        Way(Delivery.IN_PERSON, place_at(), journey, 1.0, Verdict.PASS), person()
    )


def test_a_measured_walk_is_not_called_a_guess():
    walked = sentence(Journey(Mode.WALK, 12.0, 900.0, 700.0, Method.NETWORK))
    assert walked == "About 12 minutes on foot (900 m), measured along streets and paths."


def test_a_toll_is_named_with_the_crossing():
    driven = sentence(
        Journey(Mode.CAR, 15.0, 6_000.0, 3_000.0, Method.CROSSING, "Mersey Gateway", False, True)
    )
    assert driven == (
        "About 15 minutes by car (6 km), by way of Mersey Gateway, "
        "our best guess without a street map. There is a charge to cross."
    )


def test_a_journey_without_metres_says_none():
    assert sentence(Journey(Mode.BUS, 15.0, None, None, Method.NETWORK)).startswith(
        "About 15 minutes by bus, measured"
    )
