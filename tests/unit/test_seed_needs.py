"""The need taxonomy as the rest of Kith reads it."""

from __future__ import annotations

import re

import pytest

from seed_data import needs
from seed_data.errors import SeedDataBroken, UnknownKind, UnknownNeed

TAXONOMY = needs.load()
CODE = re.compile(r"^[a-z][a-z0-9_]*$")


def test_sizes():
    assert len(TAXONOMY.needs) == 38
    assert len(TAXONOMY.groups) == 8
    assert len(TAXONOMY.kinds) == 80
    assert len(TAXONOMY.red_flags) == 8


def test_every_group_has_needs_and_every_need_a_group():
    grouped = [need.id for group in TAXONOMY.groups for need in TAXONOMY.needs_in(group)]
    assert sorted(grouped) == sorted(TAXONOMY.needs)
    assert all(TAXONOMY.needs_in(group) for group in TAXONOMY.groups)
    assert TAXONOMY.needs_in("no_such_group") == ()


def test_ids_are_plain_and_never_shared_between_needs_kinds_and_flags():
    ids = [*TAXONOMY.needs, *TAXONOMY.kinds, *TAXONOMY.red_flags]
    assert all(CODE.match(each) for each in ids)
    assert len(set(ids)) == len(ids)


def test_only_interpreter_and_fishing_lead_from_no_need():
    orphans = [kind for kind in TAXONOMY.kinds if not TAXONOMY.needs_of_kind(kind)]
    assert orphans == ["fishing", "interpreter"]


@pytest.mark.parametrize("need", TAXONOMY.needs.values(), ids=lambda need: need.id)
def test_directness_falls_from_one_to_a_half(need):
    values = [TAXONOMY.directness(need.id, kind) for kind in need.kinds]
    assert values[0] == 1.0
    assert values == sorted(set(values), reverse=True)
    assert values[-1] == (1.0 if len(values) == 1 else needs.LEAST_DIRECT)


def test_directness_of_a_kind_the_need_does_not_list_is_nothing():
    assert TAXONOMY.directness("smoking", "choir_singing") == 0.0


def test_needs_of_kind_come_most_direct_first():
    assert list(TAXONOMY.needs_of_kind("walking_group").items()) == [
        ("physical_activity", 1.0),
        ("healthy_weight", 0.667),
        ("low_mood_anxiety", 0.6),
        ("loneliness_isolation", 0.5),
        ("nature_green", 0.5),
    ]


def test_needs_of_kind_agrees_with_directness():
    for kind in TAXONOMY.kinds:
        served = TAXONOMY.needs_of_kind(kind)
        assert list(served.values()) == sorted(served.values(), reverse=True)
        for need in TAXONOMY.needs:
            assert served.get(need, 0.0) == TAXONOMY.directness(need, kind)


def test_unverified_snomed_never_counts_as_verified():
    smoking = TAXONOMY.need("smoking")
    assert smoking.verified_snomed == ()
    assert [code.code for code in smoking.unverified_snomed] == ["77176002"]
    lonely = TAXONOMY.need("loneliness_isolation")
    assert "105529008" not in {code.code for code in lonely.verified_snomed}
    for need in TAXONOMY.needs.values():
        assert set(need.verified_snomed).isdisjoint(need.unverified_snomed)
        assert set(need.verified_snomed) | set(need.unverified_snomed) == set(need.snomed)


def test_open_referral_codes_are_split_into_curie_and_label():
    carers = TAXONOMY.need("carer_support").open_referral_uk
    assert carers[0] == needs.OpenReferralCode("esdServiceType:298", "Carers support groups")
    assert all(
        ":" in code.curie for need in TAXONOMY.needs.values() for code in need.open_referral_uk
    )


def test_unknown_ids_are_refused_with_the_ids_there_are():
    with pytest.raises(UnknownNeed) as need:
        TAXONOMY.need("lonelyness")
    assert "loneliness_isolation" in need.value.fields["allowed"]
    with pytest.raises(UnknownKind):
        TAXONOMY.needs_of_kind("")
    with pytest.raises(UnknownKind):
        TAXONOMY.directness("smoking", "smoking_hut")


def test_loading_twice_gives_the_same_object():
    assert needs.load() is needs.load()


def test_the_taxonomy_cannot_be_changed_by_a_reader():
    with pytest.raises(TypeError):
        TAXONOMY.needs["new"] = TAXONOMY.need("smoking")  # type: ignore[index]


def test_a_need_that_names_a_missing_kind_is_refused():
    text = """
version = "0"
[groups.g]
label = "G"
description = "G."
[needs.n]
group = "g"
label = "N"
description = "N."
plain = "N."
kinds = ["nowhere"]
gravity = []
open_eligibility = []
open_referral_uk = []
[kinds.k]
label = "K"
plain = "K."
[red_flags.r]
label = "R"
description = "R."
"""
    with pytest.raises(SeedDataBroken) as broken:
        needs.parse(text)
    assert broken.value.fields == {"need": "n", "missing": ["nowhere"]}


def test_words_for_the_public_are_short_and_whole():
    plain = [need.plain for need in TAXONOMY.needs.values()]
    plain += [kind.plain for kind in TAXONOMY.kinds.values()]
    for text in plain:
        assert text.endswith(".")
        sentences = [part for part in re.split(r"[.!?]\s*", text) if part]
        assert max(len(sentence.split()) for sentence in sentences) <= 20, text
