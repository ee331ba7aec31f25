"""What a map says, in sentences, for whoever does not look at it."""

from __future__ import annotations

from collections import Counter

from geo.maps.sheet import AreaKind, MapSheet


def counts_by_group(sheet: MapSheet) -> list[int]:
    """Features in each of the sheet's groups, in their order; 0 where there is none."""
    counts = Counter(feature.group for feature in sheet.features)
    return [counts[group.key] for group in sheet.groups]


def counts_by_freshness(sheet: MapSheet) -> list[int]:
    """Features in each of the sheet's freshness classes, in their order; 0 where there is none."""
    counts = Counter(feature.freshness for feature in sheet.features)
    return [counts[fresh.key] for fresh in sheet.freshness]


def sentences(sheet: MapSheet) -> list[str]:
    """The text above a map: the caller's own sentences, then what can be counted.

    A sheet without features says "No assets recorded."
    """
    said = _counted(sheet) if sheet.features else ["No assets recorded."]
    gaps = [area.label for area in sheet.areas if area.kind is AreaKind.GAP and area.label]
    if gaps:
        said.append(f"Gaps shown on the map: {'; '.join(gaps)}.")
    return [*sheet.summary, *said]


def number(count: int, noun: str) -> str:
    """A count with its noun, "1 asset" or "2,000 assets"."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def _counted(sheet: MapSheet) -> list[str]:
    by_group = counts_by_group(sheet)
    kinds = sum(count > 0 for count in by_group)
    said = [
        f"{number(len(sheet.features), 'asset')} in {kinds} of "
        f"{number(len(sheet.groups), 'kind')} of need."
    ]
    none = [group.label for group, count in zip(sheet.groups, by_group, strict=True) if not count]
    if none:
        said.append(f"No assets recorded for: {'; '.join(none)}.")
    fresh = zip(sheet.freshness, counts_by_freshness(sheet), strict=True)
    told = "; ".join(f"{_lower(item.label)}: {count:,}" for item, count in fresh if count)
    said.append(f"Last checked {told}.")
    apart = sum(feature.point is None for feature in sheet.features)
    if apart:
        said.append(
            f"{number(apart, 'asset')} without a place to go to "
            f"{'is' if apart == 1 else 'are'} in the list and not on the map."
        )
    return said


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:]
