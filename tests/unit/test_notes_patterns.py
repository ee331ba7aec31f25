import pytest

from service.matching.notes.errors import RulesInvalid
from service.matching.notes.patterns import Matcher, parse
from service.matching.notes.words import tokenize

GROUPS = {"kin": ["mother", "mother in law", "son"], "no": ["no", "has not got any"]}


def found(pattern, text):
    tokens = tokenize(text)
    hits = list(Matcher([(parse(pattern, GROUPS), pattern)]).find(tokens))
    return [" ".join(t.text for t in tokens[h.start : h.end]) for h in hits]


@pytest.mark.parametrize(
    ("pattern", "text", "words"),
    [
        ("lonel*", "a lonely man", ["lonely"]),
        ("see|meet friends", "would meet friends", ["meet friends"]),
        ("help with the? garden", "help with garden", ["help with garden"]),
        ("lost .. mother", "lost her dear mother", ["lost her dear mother"]),
        ("lost .. mother", "lost one two three four mother", []),
        ("{kin} died", "mother in law died", ["mother in law died"]),
        ("wife|{kin} died", "son died", ["son died"]),
        ("{no} car", "has not got any car", ["has not got any car"]),
        ("drink", "drinking and drinks", ["drinking", "drinks"]),
        ("=drink", "drinking", []),
    ],
)
def test_the_pattern_language(pattern, text, words):
    assert found(pattern, text) == words


def test_a_phrase_does_not_cross_a_comma_but_a_gap_does():
    assert found("low mood", "low, mood") == []
    assert found("low .. mood", "low, flat mood") == ["low flat mood"]


@pytest.mark.parametrize("bad", ["", ".. mother", "mother ..", "the? man", "{who} died", "a(b)c"])
def test_a_bad_pattern_is_refused_with_its_text(bad):
    with pytest.raises(RulesInvalid) as caught:
        parse(bad, GROUPS)
    assert bad in caught.value.message
