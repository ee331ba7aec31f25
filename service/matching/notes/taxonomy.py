"""What reading needs of the taxonomy: kinds by need, and the words of clinical requests."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import lru_cache

from seed_data import needs
from service.matching.notes.patterns import Matcher, parse
from service.matching.notes.rulebook import read_text


@lru_cache(maxsize=1)
def kinds_by_need() -> Mapping[str, tuple[str, ...]]:
    """The kinds of group for each need, most typical first."""
    return {need_id: tuple(need.kinds) for need_id, need in needs.load().needs.items()}


@lru_cache(maxsize=1)
def kind_names() -> tuple[str, ...]:
    """Every kind of group, in order of name."""
    return tuple(sorted(needs.load().kinds))


@lru_cache(maxsize=1)
def clinical_words() -> Matcher[str]:
    """Words of a request to a clinic."""
    lines = tomllib.loads(read_text("clinical.toml"))["words"]
    return Matcher([(parse(line, {}), line) for line in lines])
