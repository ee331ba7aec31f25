"""What all rows of a file say together of a venue or an organisation, and where they disagree."""

from __future__ import annotations

from dataclasses import replace

from geo.distance import straight_line_m
from service.register.imports.facts import AssetFacts, OrganisationFacts, VenueFacts
from service.register.imports.problems import Problem, shortened

SAME_VENUE_M = 200.0
"""How far apart two rows may place one venue: a large site has more than one door. Our choice."""


class Ledgers:
    """Venues and organisations, put together from one asset after another."""

    def __init__(self) -> None:
        self.venues: dict[str, VenueFacts] = {}
        self.organisations: dict[str, OrganisationFacts] = {}
        self._lines: dict[str, int] = {}

    def enter(self, asset: AssetFacts) -> list[Problem]:
        """Add what `asset` says, or, when it disagrees with what was said before, say where.

        An asset that disagrees adds nothing.
        """
        venues: dict[str, VenueFacts] = {}
        problems: list[Problem] = []
        for meeting in asset.meetings:
            if meeting.venue is None:
                continue
            key = meeting.venue.key(asset.source)
            before = venues.get(key) or self.venues.get(key)
            if before is None:
                venues[key] = meeting.venue
                self._lines.setdefault(key, meeting.line)
                continue
            wrong = _venue_differences(before, meeting.venue, self._lines.get(key, asset.line))
            problems += [Problem(meeting.line, *each) for each in wrong]
            venues[key] = _together(before, meeting.venue)
        organisation = self._organisation(asset, problems)
        if not problems:
            self.venues.update(venues)
            self.organisations[asset.organisation] = organisation
            self._lines.setdefault(asset.organisation, asset.line)
        return problems

    def _organisation(self, asset: AssetFacts, problems: list[Problem]) -> OrganisationFacts:
        now = OrganisationFacts(asset.organisation, asset.is_small, asset.invented)
        before = self.organisations.get(asset.organisation)
        if before is None:
            return now
        line = self._lines[asset.organisation]
        who = f"“{shortened(asset.organisation)}”, who runs this too"
        if asset.invented is not before.invented:
            value = str(asset.invented).lower()
            said = (
                f"Row {line} says otherwise of {who}. An invented asset is never run by a real "
                "organisation: correct one of them."
            )
            problems.append(Problem(asset.line, "invented", value, said))
        # One asset with paid staff is enough to make an organisation not small.
        stated = {before.is_small, asset.is_small} - {None}
        return replace(before, is_small=all(stated) if stated else None)


def _venue_differences(
    before: VenueFacts, now: VenueFacts, line: int
) -> list[tuple[str, str, str]]:
    found = []
    said = f"Row {line} says otherwise of the same venue. Correct one of them."
    has, lacks = now.has & before.lacks, now.lacks & before.has
    if has:
        found.append(("access_yes", "; ".join(sorted(has)), said))
    if lacks:
        found.append(("access_no", "; ".join(sorted(lacks)), said))
    if _is_given(before) and _is_given(now) and before.point and now.point:
        apart_m = straight_line_m(before.point, now.point)
        if apart_m > SAME_VENUE_M:
            value = f"{now.point.easting_m:g}, {now.point.northing_m:g}"
            found.append(
                (
                    "easting_m",
                    value,
                    f"Row {line} puts the same venue {apart_m:,.0f} m away. Correct one of them, "
                    "or give the two places different names.",
                )
            )
    return found


def _is_given(venue: VenueFacts) -> bool:
    return venue.point is not None and venue.accuracy_m is None


def _together(before: VenueFacts, now: VenueFacts) -> VenueFacts:
    place = before if _is_given(before) or not _is_given(now) else now
    return replace(
        before,
        address=before.address or now.address,
        point=place.point,
        accuracy_m=place.accuracy_m,
        has=before.has | now.has,
        lacks=before.lacks | now.lacks,
    )
