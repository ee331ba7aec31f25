"""Need codes as somebody outside writes them: checked, with the nearest right ones named."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches

from seed_data import needs as need_list
from service.register.errors import NoNeeds, UnknownNeed


def check_needs(needs: Sequence[str]) -> tuple[str, ...]:
    """The codes in the order given, each once.

    Raises
    ------
    NoNeeds
        If there is none.
    UnknownNeed
        For the first code that is not in the taxonomy; its `close` field names what it may have
        been meant to be.
    """
    if not needs:
        raise NoNeeds("Give at least one need, such as loneliness_isolation.", field="needs")
    known = need_list.load().needs
    for position, code in enumerate(needs):
        if code not in known:
            close = get_close_matches(code[:80].lower(), known, n=2)
            hint = f" Did you mean {' or '.join(close)}?" if close else ""
            raise UnknownNeed(
                f"Need number {position + 1} is not a code of the list of needs.{hint}",
                field=f"needs[{position}]",
                close=list(close),
            )
    return tuple(dict.fromkeys(needs))
