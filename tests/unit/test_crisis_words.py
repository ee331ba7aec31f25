"""The wide net for words that may mean danger: each is caught, and plain wishes are not."""

from __future__ import annotations

import pytest

from service.referrals.crisis_words import may_mean_danger


@pytest.mark.parametrize(
    "said",
    [
        "I want to die", "I wish I was dead", "i just wanna not wake up", "I feel suicidal",
        "I keep thinking about killing myself", "I cut myself when it gets bad", "self-harm",
        "I took an overdose last night", "I am going to end my life", "I want to end it all",
        "I can't go on", "I can’t go on like this", "I cannot cope any more",
        "i dont want to be here, I don't want to be here anymore", "there is no point living",
        "everyone would be better off without me", "My dad hurts me", "he hits my children",
        "my husband controls me", "I am scared of him", "I am not safe at home",
        "I hear voices", "we have no food", "there is nothing to eat", "run out of insulin",
        "I am sleeping rough", "nowhere to sleep tonight", "I have chest pain", "I can't breathe",
        "I am going to hurt someone", "I feel like I will hang myself",
    ],
)  # fmt: skip
def test_what_may_mean_danger_is_caught(said: str):
    assert may_mean_danger(said)
    assert may_mean_danger(said.upper())
    assert may_mean_danger(said.replace(" ", "\n "))


@pytest.mark.parametrize(
    "said",
    [
        "", "I would like more company", "My wife died in May and it is hard",
        "I want to learn to cook food from home", "I like to sing and to make things",
        "I am worried about my bills", "I would love to grow vegetables to eat",
    ],
)  # fmt: skip
def test_what_does_not_is_left_alone(said: str):
    assert not may_mean_danger(said)
