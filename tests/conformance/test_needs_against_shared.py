"""Our taxonomy says the same as the published one wherever codes are concerned."""

from __future__ import annotations

import csv
import json

import pytest
from shared import shared_path

from seed_data import needs

TAXONOMY = needs.load()


@pytest.fixture(scope="module")
def published():
    path = shared_path("standards/needs_taxonomy.json")
    return json.loads(path.read_text(encoding="utf-8"))


def test_version_groups_kinds_and_flags_agree(published):
    assert TAXONOMY.version == published["version"]
    assert list(TAXONOMY.groups) == list(published["groups"])
    assert sorted(TAXONOMY.kinds) == sorted(published["kinds"])
    assert list(TAXONOMY.red_flags) == list(published["red_flags"])


def test_needs_are_the_same_in_the_same_order(published):
    assert list(TAXONOMY.needs) == [need["id"] for need in published["needs"]]


def test_every_mapping_agrees(published):
    for theirs in published["needs"]:
        ours = TAXONOMY.need(theirs["id"])
        assert ours.group == theirs["group"]
        assert list(ours.kinds) == theirs["kinds"], ours.id
        assert list(ours.gravity) == theirs["gravity"], ours.id
        assert list(ours.open_eligibility) == theirs["open_eligibility_2014"], ours.id
        curies = [f"{code.curie} {code.label}".strip() for code in ours.open_referral_uk]
        assert curies == theirs["oruk"], ours.id
        snomed = [
            {"code": code.code, "term": code.term, "evidence": code.evidence}
            for code in ours.snomed
        ]
        assert snomed == theirs["snomed_ct"], ours.id


def test_nothing_published_as_unverified_is_sent(published):
    doubtful = {
        code["code"]
        for need in published["needs"]
        for code in need["snomed_ct"]
        if code["evidence"] != "seen"
    }
    sent = {code.code for need in TAXONOMY.needs.values() for code in need.verified_snomed}
    assert doubtful
    assert sent.isdisjoint(doubtful)


def test_our_sentences_are_our_own(published):
    for theirs in published["needs"]:
        assert TAXONOMY.need(theirs["id"]).description != theirs["description"]


def test_gravity_codes_exist(published):
    path = shared_path("standards/gravity_sdoh_domains.csv")
    with path.open(encoding="utf-8", newline="") as file:
        codes = {row["code"] for row in csv.DictReader(file)}
    used = {code for need in TAXONOMY.needs.values() for code in need.gravity}
    assert used <= codes


def test_open_eligibility_ids_exist(published):
    path = shared_path("standards/open_eligibility_2014.csv")
    with path.open(encoding="utf-8", newline="") as file:
        ids = {row["id"] for row in csv.DictReader(file)}
    used = {code for need in TAXONOMY.needs.values() for code in need.open_eligibility}
    assert used <= ids
