from service.matching.notes.kinds import rank_kinds, score_kinds
from service.matching.notes.model import Fact, Facts, FoundInterest, FoundNeed
from service.matching.notes.rulebook import rulebook

SERVED = {
    "loneliness_isolation": ["social_group", "lunch_club", "mens_shed"],
    "debt_money": ["debt_advice", "advice_citizens"],
    "healthy_weight": ["weight_management", "walking_group"],
}


def need(name, confidence, main):
    return FoundNeed(name, confidence, "", (0, 0), main=main)


def ranked(*needs, interests=(), **facts):
    known = Facts(tuple(Fact(key, value, "", (0, 0)) for key, value in facts.items()))
    liked = [FoundInterest(name, name, (0, 0)) for name in interests]
    scores = score_kinds(needs, liked, known, [], SERVED, rulebook())
    return rank_kinds(scores, {}, known, rulebook())


def test_the_first_kind_of_each_main_need_comes_before_the_last_of_one():
    kinds = ranked(need("loneliness_isolation", 0.95, 0.9), need("debt_money", 0.95, 0.9))
    assert set(kinds[:2]) == {"social_group", "debt_advice"}
    assert kinds.index("advice_citizens") < kinds.index("mens_shed")


def test_a_main_need_counts_more_than_one_that_is_only_sure():
    main, along = need("debt_money", 0.8, 0.8), need("healthy_weight", 0.95, 0.1)
    assert ranked(along, main)[0] == "debt_advice"


def test_an_interest_reaches_kinds_that_no_need_names():
    assert "choir_singing" in ranked(need("debt_money", 0.9, 0.9), interests=["singing"])


def test_a_limit_of_age_or_gender_takes_a_kind_out():
    lonely = need("loneliness_isolation", 0.9, 0.9)
    assert "mens_shed" in ranked(lonely, gender="M", age=70)
    assert "mens_shed" not in ranked(lonely, gender="F", age=70)
    assert "lunch_club" not in ranked(lonely, age=30)


def test_no_need_and_no_interest_give_no_kind():
    assert ranked() == ()


def test_a_kind_for_one_thing_comes_after_one_for_all_when_the_note_does_not_name_it():
    served = {"ltc_self_management": ["stroke_group", "ltc_group"]}
    long_term = need("ltc_self_management", 0.9, 0.9)
    kinds = rank_kinds(
        score_kinds([long_term], [], Facts(()), [], served, rulebook()), {}, Facts(()), rulebook()
    )
    assert kinds.index("ltc_group") < kinds.index("stroke_group")
