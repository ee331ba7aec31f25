"""Scores of outcome measures, exact, and none at all where an answer is missing.

The numbers are in `instruments.json` beside this file, each with its source. Scores are not
compared here: change is only ever told for the same person and instrument.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Any, Final

from geo.errors import Json
from service.referrals.errors import BadEntry

_UCLA: Final = ("companionship", "left_out", "isolated")


class Instrument(StrEnum):
    """The measures that Kith keeps."""

    ONS4 = "ons4"
    LONELINESS = "loneliness"
    MYCAW = "mycaw"
    SWEMWBS = "swemwbs"
    PAM = "pam"


@cache
def instruments() -> Mapping[str, Any]:
    """The instruments' facts, read once."""
    text = files("service.referrals.measures").joinpath("instruments.json").read_text("utf-8")
    found: dict[str, Any] = json.loads(text)
    return found


def version_of(instrument: Instrument) -> str:
    """The edition whose rules are used, to be kept with every score."""
    version: str = instruments()[instrument.value]["version"]
    return version


def score(instrument: Instrument, answers: Mapping[str, Json]) -> dict[str, Json]:
    """The scores of one filled-in measure.

    Parameters
    ----------
    answers : mapping
        By item, as the keys of `instruments.json`; a missing item, or None, is not answered.
        ONS4: 0 to 10. Loneliness: the option's words, in any case. MYCaW: 0 to 6. SWEMWBS: 1 to 5.
        PAM: `score` 0 to 100 and `level` 1 to 4, as a licensed user worked them out.

    Returns
    -------
    dict
        ONS4: each answered item with its band, never combined. Loneliness: `ucla` and `lonely`
        only when all three items are answered; `direct` and `chronic` when that one is. MYCaW: each
        answered part by itself, higher is worse. SWEMWBS: `raw` and `metric` only when all seven
        are answered. PAM: what was given. Empty when nothing can be scored.

    Raises
    ------
    BadEntry
        If an item is not one of the instrument's, or its answer is out of range.
    """
    given = {key: value for key, value in answers.items() if value is not None}
    facts = instruments()[instrument.value]
    known = {"score", "level"} if instrument is Instrument.PAM else set(facts["items"])
    for key in given:
        if key not in known:
            raise BadEntry(f"This measure has no item {key[:40]}.", field="answers")
    rule = {
        Instrument.ONS4: _ons4,
        Instrument.LONELINESS: _loneliness,
        Instrument.MYCAW: _mycaw,
        Instrument.SWEMWBS: _swemwbs,
        Instrument.PAM: _pam,
    }[instrument]
    return rule(given, facts)


def check_scores(instrument: Instrument, scores: Mapping[str, Json]) -> dict[str, Json]:
    """Scores that somebody licensed worked out elsewhere, as they are kept: nothing is computed.

    Parameters
    ----------
    scores : mapping
        MYCaW: its parts, 0 to 6. SWEMWBS: `metric`, 7 to 35. PAM: `score` 0 to 100, `level` 1 to 4.

    Raises
    ------
    BadEntry
        If the measure is one that Kith scores by its answers, a key is not one of its scores, or a
        score is out of range.
    """
    given = {key: value for key, value in scores.items() if value is not None}
    facts = instruments()[instrument.value]
    if instrument is Instrument.SWEMWBS:
        if set(given) - {"metric"}:
            raise BadEntry("Enter the score, not the answers.", field="answers")
        return {key: _number(value, facts["range"], key) for key, value in given.items()}
    if instrument in {Instrument.MYCAW, Instrument.PAM}:
        return score(instrument, given)
    raise BadEntry("Enter the answers: Kith works out the score.", field="answers")


def _ons4(given: Mapping[str, Json], facts: Mapping[str, Any]) -> dict[str, Json]:
    found: dict[str, Json] = {}
    for item in facts["items"]:
        if item in given:
            value = _whole(given[item], facts["range"], item)
            bands = facts["bands_anxious"] if item == "anxious" else facts["bands"]
            found[item] = value
            found[f"{item}_band"] = next(
                name for name, (least, most) in bands.items() if least <= value <= most
            )
    return found


def _loneliness(given: Mapping[str, Json], facts: Mapping[str, Any]) -> dict[str, Json]:
    found: dict[str, Json] = {}
    points = {
        item: facts["options"][_option(given[item], list(facts["options"]), item)]
        for item in _UCLA
        if item in given
    }
    if len(points) == len(_UCLA):
        found["ucla"] = sum(points.values())
        found["lonely"] = sum(points.values()) >= facts["lonely_from"]
    if "direct" in given:
        direct = _option(given["direct"], facts["direct_options"], "direct")
        found["direct"] = direct
        found["chronic"] = direct == facts["direct_chronic"]
    return found


def _mycaw(given: Mapping[str, Json], facts: Mapping[str, Any]) -> dict[str, Json]:
    return {
        item: _whole(given[item], facts["range"], item) for item in facts["items"] if item in given
    }


def _swemwbs(given: Mapping[str, Json], facts: Mapping[str, Any]) -> dict[str, Json]:
    values = [
        _whole(given[item], facts["item_range"], item) for item in facts["items"] if item in given
    ]
    if len(values) < len(facts["items"]):
        return {}
    raw = sum(values)
    return {"raw": raw, "metric": facts["metric"][str(raw)]}


def _pam(given: Mapping[str, Json], facts: Mapping[str, Any]) -> dict[str, Json]:
    found: dict[str, Json] = {}
    if "score" in given:
        found["score"] = _number(given["score"], facts["range"], "score")
    if "level" in given:
        found["level"] = _whole(given["level"], [1, 4], "level")
    return found


def _whole(value: Json, limits: list[int], item: str) -> int:
    least, most = limits
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        raise BadEntry(f"Give a whole number from {least} to {most}.", field=f"answers.{item}")
    return value


def _number(value: Json, limits: list[int], item: str) -> float:
    least, most = limits
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if not is_number or not least <= value <= most:  # type: ignore[operator]
        raise BadEntry(f"Give a number from {least} to {most}.", field=f"answers.{item}")
    return value  # type: ignore[return-value]


def _option(value: Json, options: list[str], item: str) -> str:
    text = " ".join(value.split()).casefold() if isinstance(value, str) else ""
    if text not in options:
        raise BadEntry(f"Choose one of: {', '.join(options)}.", field=f"answers.{item}")
    return text


def told(instrument: str, scores: Mapping[str, Json], taken_on: date) -> str:
    """One measure's scores in a line for a letter, saying where higher is worse."""
    facts = instruments()[instrument]
    worse = set(facts["higher_is_worse"])
    parts = [
        f"{key.replace('_', ' ')} {value}{' (higher is worse)' if key in worse else ''}"
        for key, value in scores.items()
        if not isinstance(value, bool) and not key.endswith("_band") and key != "raw"
    ]
    day = f"{taken_on.day} {taken_on:%B %Y}"
    return f"{facts['name']}, {day}: {', '.join(parts) or 'no score, an answer is missing'}"
