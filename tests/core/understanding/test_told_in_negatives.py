"""Signs told in the words of a "no": "not", "never", "no" and "fine" in a sentence whose sign is there, or may be."""

from __future__ import annotations

import pytest
from understanding_data import SIGNS, reader

TOLD = {
    "E1": [
        "he's not breathing right",
        "no air is going in",
        "she can't breathe well",
        "he's not getting any air",
        "it's not easy for him to breathe",
        "it isn't normal the way he breathes",
        "she's breathing but it's not good",
        "he breathes fine and then he stops",
        "no he's not okay he can't breathe",
        "her breathing is not fine",
        "he says he can't take a deep breath",
        "he says it hurts when he breathes",
        "his breathing is anything but normal",
        "i wouldn't call it normal",
        "far from normal",
        "no better than before it's hard for him",
        "it was fine until now",
        "she was breathing fine before",
        "he should be fine",
        "i wish i could say no",
        "i can't say no",
        "there's no doubt about it",
        "no question",
        "no kidding yes",
        "no idea",
        "no clue",
        "who knows",
    ],
    "E2": [
        "she's not thinking straight",
        "he doesn't recognize me",
        "he isn't himself",
        "no sense in what he says",
        "he has no idea where he is",
        "she's not all there",
        "he can't answer simple questions",
        "she doesn't answer when i talk to her",
        "he knows his name but not what day it is",
        "he's not right in the head",
        "nothing he says makes sense",
    ],
    "E3": [
        "i had to shake him to wake him up",
        "he only wakes up if i shake him",
        "he wakes up for a second and then he's gone again",
        "no matter what i do he won't wake up",
        "i can't get her to open her eyes",
        "she's not waking up",
        "he's hardly awake",
        "she's awake but barely",
        "it takes a lot to wake him up",
        "it takes forever until he wakes up",
        "he's not as awake as he should be",
        "she isn't alert",
        "he's awake one minute and asleep the next",
        "not fully alert",
        "she doesn't wake up when i call her",
        "he was awake but now i can't wake him",
        "she won't talk",
        "we woke her up with cold water",
        "he woke up but he is very groggy",
        "not easy to wake",
        "it's not easy getting her up",
    ],
    "E4": [
        "he was out cold for a second",
        "she just dropped to the floor",
        "he wasn't conscious for a bit",
        "she didn't respond for a minute",
        "not now but he fainted earlier",
        "no longer but he was out for a moment",
        "once this morning",
        "he came to after a minute",
        "only once",
        "just for a second",
        "no just once",
        "he got dizzy but didn't faint",
        "she nearly passed out but didn't",
    ],
    "E5": [
        "it's not beating normally",
        "not a normal pulse",
        "it doesn't feel right",
        "no it's not normal",
        "it's not slow it's fast",
        "it won't slow down",
        "his heart never calms down",
        "she says her heart feels funny",
        "no its not slow but very fast",
    ],
    "E6": [
        "he didn't make it to the bathroom",
        "he's not holding it",
        "she has no control",
        "he doesn't notice when he goes",
        "there's pee everywhere",
        "he went in his bed",
        "she hasn't been able to hold it",
        "it just runs out of him",
        "no he can't control it",
        "he doesn't feel it when he has to pee",
        "only at night he wets the bed",
        "just a little leak",
    ],
    "S1": [
        "no nothing big he just fell off his bike",
        "nothing serious just a small fall",
        "not a bad one but he fell",
        "not today but last week he fell",
        "no only a little bump",
        "well he was jumping on the trampoline and landed on his back",
        "just roughhousing with his brother",
        "no but he crashed his bike on sunday",
    ],
    "R1": [
        "no higher than a hundred and two",
        "not more than 101",
        "it's not low it's 103",
        "it won't go below a hundred and one",
        "the fever isn't going down",
        "no medicine brings it down",
        "not today but yesterday it was 102",
        "not since i gave him tylenol",
        "no thermometer",
        "not that high",
        "he was hot last night but not now",
        "it's not a high fever but it's a hundred and one",
    ],
    "R2": [
        "he's not warm enough he keeps shivering",
        "no blanket helps he's so cold",
        "he can't get warm",
    ],
    "R3": [
        "it's not mild",
        "it's no ordinary cramp",
        "he can't even move it's so bad",
        "nothing helps",
        "never seen him in so much pain",
    ],
    "R4": [
        "it doesn't go away",
        "nothing makes it go away",
        "it hasn't stopped",
        "it went away and came back",
        "no it won't go away",
        "not for long it always comes back",
        "it's never really gone",
    ],
    "R5": [
        "his legs don't feel right",
        "he can't feel his feet",
        "no feeling in his toes",
        "not just his back his legs too",
        "not only the back",
        "his legs won't hold him",
        "no strength in her legs",
        "not both legs just the left",
        "no not both just one",
    ],
    "R6": [
        "not without holding on",
        "he can't walk without help",
        "she's not walking right",
        "he won't walk",
        "no he can't put weight on it",
        "he doesn't want to walk",
        "not very far",
        "no walking at all",
        "he isn't walking",
    ],
    "R7": [
        "he hasn't slept through in days",
        "not a single quiet night",
        "he doesn't sleep well he's up every two hours",
        "no sleep at all last night because of the pain",
        "no not every night but twice this week",
        "not every night",
        "he hasn't gone to bed yet",
    ],
    "R8": [
        "none of his pants stay up",
        "she's not gaining weight she's losing it",
        "he's not keeping weight on",
        "not much maybe two pounds",
        "his pants don't fit any more",
    ],
    "F2": [
        "not weak just numb",
        "no strength in his arms",
    ],
    "F5": [
        "she hasn't pooped in four days",
        "he can't go",
        "nothing comes out",
        "no poop since sunday",
    ],
    "F6": [
        "he doesn't fall asleep",
        "no sleep so far",
        "she can't get comfortable",
        "he isn't sleeping at all",
    ],
    "F7": [
        "no better than last week",
        "it's not getting any better",
        "not better",
        "no improvement",
        "it isn't going away",
        "no it's been a week",
        "not just today it's been days",
    ],
}

# How often, and how much, with a "not" before it: some of it is left, whatever was asked.
SOME = (
    "it's not every day",
    "not every time",
    "not all the time",
    "not most of the time",
    "not constantly",
    "no not constantly",
    "not always",
    "no not frequently",
    "not all night",
    "no hardly",
    "hardly at all",
    "no barely",
)


@pytest.mark.parametrize("sign", SIGNS)
@pytest.mark.parametrize("text", SOME)
def test_not_all_of_it_is_still_some(sign: str, text: str) -> None:
    """Who denies "every day" and "all the time" has not denied the sign."""
    assert reader().read(sign, text).meaning in ("yes", "soft_yes", "soft_no", "unsure", "maybe_emergency")


@pytest.mark.parametrize("sign", [sign for sign in SIGNS if sign != "S1"])
@pytest.mark.parametrize("text", ["no he can't sit up", "no she can't run", "no he can't play soccer"])
def test_what_the_child_cannot_do_takes_a_no_back(sign: str, text: str) -> None:
    """Something that a child cannot do may be the sign that is asked about, whatever sport it is."""
    assert reader().read(sign, text).meaning != "no"


@pytest.mark.parametrize(("sign", "text"), [(sign, text) for sign, texts in TOLD.items() for text in texts])
def test_a_sign_in_the_words_of_a_no_is_never_a_firm_one(sign: str, text: str) -> None:
    """Whatever it is taken for, asked again at the least, it is no firm "no"."""
    assert reader().read(sign, text).meaning != "no"
