"""The networks of the note reader: what they learn from, how they learn, and what they hear."""

from dataclasses import replace

import numpy as np
import pytest

from benchmarks.notes_learn import digest, to_learn
from seed_data import needs
from service.matching.evaluation import learning
from service.matching.evaluation.learning import Course, Lesson
from service.matching.notes.embedder import DIMENSIONS, NullEmbedder, open_embedder
from service.matching.notes.hearing import ANY_DANGER, MARK, cut, learned_from, load_network, look
from service.matching.notes.wordpiece import MAX_TOKENS, encode
from service.matching.notes.words import sentences, tokenize

NOTE = "Her husband died in May. She sits by the phone, and nobody rings."
COURSE = Course(6, 40, 0.0, 0.5, 1, 1, 0.0, 0.0, 0.0, -1.0, penalty=0.0, batch=8, rate=2e-2)


def parts(note=NOTE):
    return sentences(tokenize(note))


def lesson(source, size, words=("a",), names=3):
    return Lesson(
        vectors=source.normal(size=(size, DIMENSIONS)).astype(np.float16),
        words=frozenset(words),
        right=(source.random((2, names)) < 0.4).astype(np.float32),
        weight=np.ones((2, names), np.float32),
        rules=source.normal(size=(2, names)).astype(np.float32),
        pointed=(source.random((size, names)) < 0.2).astype(np.float32),
    )


def test_the_kept_weights_were_learned_from_the_notes_that_are_there():
    assert digest(to_learn()) == learned_from(), "python -m benchmarks.notes_learn"


def test_the_networks_know_every_need_danger_and_kind():
    taxonomy = needs.load()
    assert set(load_network("needs").names) == set(taxonomy.needs)
    assert set(load_network("danger").names) == {*taxonomy.red_flags, ANY_DANGER}
    assert set(load_network("kinds").names) == set(taxonomy.kinds)


def test_no_note_that_judges_is_among_those_to_learn_from(request):
    held = request.config.rootpath / "tests" / "data"
    taught = {row["note"] for row in to_learn()}
    judging = sorted(held.glob("notes*held_out.jsonl"))
    assert len(judging) == 5
    for path in judging:
        assert not [n for n in taught if n in path.read_text("utf-8") and len(n) > 60], path.name


def test_windows_hold_every_word_in_order_and_no_more_than_the_model_reads():
    long = [parts(f"{NOTE} Visit {number}.") for number in range(60)]
    read = [sentence for each in long for sentence in each]
    windows = list(cut(read))
    assert max(len(w.ids) for w in windows) <= MAX_TOKENS
    places = [p for w in windows for p in w.words if p is not None]
    assert places == sorted(places)
    assert set(places) == {(s, w) for s, sentence in enumerate(read) for w in range(len(sentence))}


def test_a_short_note_is_one_window_as_bert_would_cut_it():
    (window,) = cut(parts("She is lonely."))
    assert list(window.ids) == encode("She is lonely")
    assert list(cut([])) == []


def test_the_gradient_is_the_slope_of_the_loss():
    source = np.random.default_rng(5)
    taught = [lesson(source, size, words) for size, words in ((3, "ab"), (7, "b"), (5, "c"))]
    vocabulary = learning.vocabulary_of(taught, COURSE)
    held = {
        name: value.astype(np.float64)
        for name, value in learning._start(source, (2, 3), len(vocabulary), COURSE).items()
    }
    batch = learning.Batch(taught, vocabulary)
    _, slopes = learning.loss_and_gradient(held, batch, COURSE, None)
    for name, value in held.items():
        for _ in range(5):
            at = tuple(source.integers(0, size) for size in value.shape)
            kept, step = value[at], 1e-3
            value[at] = kept + step
            above = learning.loss_and_gradient(held, batch, COURSE, None)[0]
            value[at] = kept - step
            below = learning.loss_and_gradient(held, batch, COURSE, None)[0]
            value[at] = kept
            assert slopes[name][at] == pytest.approx((above - below) / (2 * step), abs=2e-4), name


def test_a_network_learns_which_vector_and_which_mark_matter():
    source = np.random.default_rng(7)
    taught = []
    for number in range(96):
        told, marked = number % 2 == 0, number % 3 == 0
        vectors = source.normal(size=(6, DIMENSIONS)) * 0.1
        vectors[number % 6, 0] = 3.0 if told else -3.0
        right = np.array([[told, marked]] * 2, np.float32)
        words = {MARK + "seen"} if marked else {"other"}
        taught.append(
            replace(
                lesson(source, 6, words, names=2),
                vectors=vectors.astype(np.float16),
                right=right,
                rules=np.zeros((2, 2), np.float32),
                pointed=np.zeros((6, 2), np.float32),
            )
        )
    told_of: list[float] = []
    one = learning.learn(taught, COURSE, 0, lambda epoch, loss: told_of.append(loss))
    assert told_of[-1] < told_of[0] / 3
    again, other = learning.learn(taught, COURSE, 0), learning.learn(taught, COURSE, 1)
    assert np.array_equal(one.held["ask"], again.held["ask"])
    assert not np.array_equal(one.held["ask"], other.held["ask"])
    network = learning.together([one, other], ["told", "marked"])
    assert network.first.shape == (2, DIMENSIONS, COURSE.features)
    assert network.words.shape == (len(network.vocabulary), 2, 2)


def test_without_a_model_or_words_nothing_is_seen():
    assert look(parts(), NullEmbedder()) is None
    assert look([], NullEmbedder()) is None


def test_a_network_says_where_it_heard_a_need():
    embedder = open_embedder()
    if not embedder.is_available:
        pytest.skip("the language model is not installed")
    read = parts()
    seen = look(read, embedder)
    assert seen is not None
    assert seen.vectors.shape == (len(seen.places), DIMENSIONS)
    heard = load_network("needs").hear(seen, frozenset())
    assert heard["bereavement"].odds > heard["smoking"].odds
    sentence, word = heard["bereavement"].place
    assert sentence == 0
    assert 0 <= word < len(read[0])
