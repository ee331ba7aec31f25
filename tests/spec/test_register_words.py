"""Finding by words: partly, in any form, from a sentence, and never left empty by a stray word."""

import pytest
from register_town import ACTIVE, HOME, LONELY, add, add_to, east

from service.register.asset_filter import AssetFilter
from service.register.indexing import reindex
from service.register.model import Asset
from service.register.search import search
from service.register.words import MAX_TERMS, stem, terms_of


def codes(store, text, **wanted):
    with store.read() as session:
        return [each.code for each in search(session, AssetFilter(text=text, **wanted)).items]


@pytest.fixture
def town(store):
    add_to(store, "choir", east(900), name="Riverside Singers", group_kind="choir_singing")
    add_to(store, "café", east(500), name="Café Amis", summary="Tea, cake and conversation.")
    add_to(store, "garden", east(100), name="Community gardeners", needs=["nature_green"])
    add_to(store, "walk", east(300), name="Stroll by the canal", group_kind="walking_group")
    add_to(store, "shed", east(700), name="Men's Shed", needs=[LONELY])
    return store


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("cafe", "café"),
        ("CAFÉ", "café"),
        ("gardening", "garden"),
        ("gardens", "garden"),
        ("gardener", "garden"),
        ("conversations", "café"),
        ("walked", "walk"),
        ("mens", "shed"),
        ("men’s", "shed"),
    ],
)
def test_words_match_in_any_form(town, text, found):
    assert codes(town, text)[0] == found


def test_a_longer_word_is_met_by_its_beginning(town):
    assert codes(town, "convers") == ["café"]
    # Three letters are too few to be the beginning of anything.
    assert codes(town, "con") == []


def test_one_unknown_word_never_empties_the_page(town):
    assert codes(town, "gardening xylozorgle") == codes(town, "gardening")
    assert codes(town, "xylozorgle") == []


def test_those_with_more_of_the_words_come_first(town):
    add_to(town, "both", east(2000), name="Singers in the garden")
    assert codes(town, "singers garden")[0] == "both"
    assert codes(town, "singers garden", near=HOME)[0] == "both"


def test_with_a_place_equal_matches_are_nearest_first_and_stay_within(town):
    add_to(town, "near-choir", east(200), name="Estate Singers", group_kind="choir_singing")
    add_to(town, "far-choir", east(6000), name="Far Singers", group_kind="choir_singing")
    assert codes(town, "singers", near=HOME, within_m=5000) == ["near-choir", "choir"]


def test_without_a_place_a_name_says_more_than_a_description(store):
    add_to(store, "mentioned", east(1), name="Hall", summary="Home of the chess players.")
    add_to(store, "named", east(2), name="Chess club")
    assert codes(store, "chess") == ["named", "mentioned"]


@pytest.mark.parametrize(
    "sentence",
    [
        "Mrs Example is 78 and has been very lonely since her husband died.",
        "feels isolated, would like some company",
        "has just moved here and knows nobody; few friends nearby",
    ],
)
def test_a_need_in_a_plain_sentence_returns_who_serves_it(town, sentence):
    assert "shed" in codes(town, sentence)
    assert "shed" in codes(town, sentence, near=HOME)


def test_words_and_filters_combine_with_and(town):
    add_to(town, "paid", east(1), name="Singers who pay", cost_pence=500)
    assert "paid" in codes(town, "singers")
    assert codes(town, "singers", free=True) == []
    assert codes(town, "stroll", needs=(ACTIVE,)) == []


@pytest.mark.parametrize("nothing", ["", "   ", "!?", "…"])
def test_no_word_at_all_is_no_filter(town, nothing):
    assert len(codes(town, nothing)) == 5


def test_a_group_whose_name_says_nothing_is_found_by_it(store):
    add_to(store, "other", east(1), name="Chess club", summary="The way to play.")
    add_to(store, "named", east(2), name="The Way")
    assert codes(store, "the way") == ["named"]
    assert codes(store, "the way to play chess") == ["other"]


def test_how_many_words_matched_is_told(town):
    with town.read() as session:
        page = search(session, AssetFilter(text="garden gardener xylozorgle"))
    assert [each.words_matched for each in page.items] == [2]


def test_words_follow_every_change(store):
    with store.work() as work:
        number = add(work, "renamed", east(1), name="Chess club")
    assert codes(store, "chess") == ["renamed"]
    with store.work() as work:
        work.session.get_one(Asset, number).name = "Draughts club"
        reindex(work, [number])
    assert codes(store, "chess") == []
    assert codes(store, "draughts") == ["renamed"]


def test_other_alphabets_are_words_too(store):
    add_to(store, "polish", east(1), name="Klub Książki Łąka")
    add_to(store, "arabic", east(2), name="نادي الكتاب")
    assert codes(store, "książki") == ["polish"]
    assert codes(store, "ksiazki") == ["polish"]
    assert codes(store, "الكتاب") == ["arabic"]


def test_a_word_of_any_length_can_be_looked_for(store):
    add_to(store, "long", east(1), name="x" * 190, organisation="y" * 150)
    assert codes(store, "x" * 400) == ["long"]


@pytest.mark.parametrize(
    ("forms", "root"),
    [
        ("walk walks walked walking", "walk"),
        ("sing sings singing", "sing"),
        ("dance dances danced dancing", "danc"),
        ("care cares cared caring", "care"),
        ("swim swims swimming", "swim"),
        ("activity activities", "activiti"),
        ("class classes", "class"),
        ("hop hops hopped hopping", "hop"),
        ("hope hopes hoped hoping", "hope"),
        ("feed feeds", "feed"),
        ("bus", "bus"),
        ("sky", "sky"),
    ],
)
def test_forms_of_one_word_have_one_stem(forms, root):
    assert {stem(form) for form in forms.split()} == {root}


def test_only_so_many_words_are_looked_for():
    names = "north south east west red green blue black brown orange violet grey pink gold"
    terms = terms_of(names)
    assert len(terms) == MAX_TERMS
    assert terms[0].stem == "north"
