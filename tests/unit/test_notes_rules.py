"""The rule files themselves: complete, well formed, in step with the taxonomy."""

from seed_data import needs
from service.matching.notes.rulebook import rulebook


def test_every_need_and_flag_of_the_taxonomy_has_rules():
    taxonomy, book = needs.load(), rulebook()
    assert set(book.need_examples) == set(taxonomy.needs)
    assert set(book.flag_examples) == set(book.what_to_do) == set(taxonomy.red_flags)


def test_every_kind_named_by_a_rule_exists():
    taxonomy, book = needs.load(), rulebook()
    named = {k for kinds in book.interest_kinds.values() for k in kinds} | set(book.kind_boosts)
    named |= {row["kind"] for row in (*book.kind_limits, *book.kind_likely)}
    assert named <= set(taxonomy.kinds)


def test_companions_are_needs_and_chances():
    book = rulebook()
    for need, other, weight in book.often_with:
        assert {need, other} <= set(book.need_examples)
        assert need != other
        assert 0 < weight < 1


def test_each_need_has_enough_phrases_and_examples():
    book = rulebook()
    assert min(len(examples) for examples in book.need_examples.values()) >= 3
