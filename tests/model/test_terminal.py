"""The terminal rendering: letters and marks, width, colour, and that no article can drive the terminal."""

import re
import unicodedata

import pytest
from articles import harbour, labelled

from onrecord.terminal import render

STYLES = re.compile(r"\x1b\[[0-9;]+m")


def columns(line: str) -> int:
    wide = sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in line)
    return wide - sum(unicodedata.combining(character) > 0 for character in line)


def test_without_colour_letters_and_marks_say_everything() -> None:
    text = render(harbour(), 80, color=False)
    assert "\x1b" not in text
    lines = {line[8:]: line[:8] for line in text.splitlines()}
    assert lines["The gates stood open for five hours on Friday night."] == "  F 97  "
    assert lines["Piers Valdane denied that."] == "  C 95  "
    assert lines["A frozen sensor might explain why no alarm went off.  [no source]"] == "▸ S 91  "
    assert lines["The affair is a humiliation for the city.  [no source]"] == "▸ O 55  "
    assert lines["A question of money"].isspace()
    assert "[vague source]" in text


def test_summary_legend_and_sources() -> None:
    text = render(harbour(), 100, color=False)
    assert "2 of 10 sentences rest on nobody’s word, 2 more on a source that cannot be identified." in text
    assert re.search(r"C attributed claim +4 +█+", text)
    assert re.search(r"3  named +Piers Valdane", text)
    assert re.search(r"1  not named +Insurance analysts", text)


def test_findings_come_last_with_the_words_that_show_them() -> None:
    claim = "“It is safe,” {said} [Mayor Ana Orlov] when she was asked about bridge number"
    article = labelled([[(f"{claim} {number}.", "Cn") for number in range(5)]])
    *_, end = render(article, 100, color=False).split("What stands out\n")
    assert end.splitlines()[:2] == [
        "  ▪ All 5 sentences that have a source have the same one: Mayor Ana Orlov.",
        "    “It is safe,” said Mayor Ana Orlov when she was asked about …  (and 4 more)",
    ]
    assert "What stands out" not in render(labelled([[("It rained.", "F")]]), 100, color=False)


def test_colour_adds_styles_and_changes_nothing_else() -> None:
    colored = render(harbour(), 70, color=True)
    assert STYLES.search(colored)
    assert STYLES.sub("", colored) == render(harbour(), 70, color=False)


@pytest.mark.parametrize("width", [30, 41, 80, 100])
def test_no_line_is_wider_than_the_terminal(width: int) -> None:
    article = labelled(
        [
            [
                (
                    "Plain words that go on for rather longer than any of the widths that are tried here, twice over.",
                    "S",
                )
            ],
            [("x" * 500, "F"), ("港の水門は五時間も開いたままだった、" * 5, "Cu")],
            [("[" + "A very long source of many words, with title and role, " * 4 + "] {said} so.", "Cn")],
        ]
    )
    lines = render(article, width, color=False).splitlines()
    assert max(map(columns, lines)) <= width


def test_no_word_is_lost() -> None:
    text = "".join(render(harbour(), 34, color=False).split())
    for sentence in harbour().sentences:
        for word in sentence.text.lstrip("# ").split():
            assert word in text


def test_a_headline_comes_first_with_its_label() -> None:
    article = labelled([[("It rained.", "F")]], headline=("Council {may} fall", "S"))
    assert render(article, 80, color=False).splitlines()[0] == "▸ S 90  Council may fall  [no source]"


def test_a_sentence_that_was_not_decided_says_so() -> None:
    assert "  ?     It rained." in render(labelled([[("It rained.", "?", 0.3)]]), 80, color=False)


@pytest.mark.parametrize("color", [False, True])
def test_control_characters_do_not_reach_the_terminal(color: bool) -> None:
    attacks = "\x1b]0;title\x07 \x1b[2J \x9b31m \x08\x08 \x7f \x00 \u202egnihton\u202c \u2066 \U000e0041 \ud800 end"
    article = labelled([[(f"Begin {attacks}.", "Cu")]], headline=(attacks, "F"), name=attacks)
    shown = STYLES.sub("", render(article, 80, color)).replace("\n", "")
    assert not [character for character in shown if unicodedata.category(character) in ("Cc", "Cf", "Cs")]
    assert "[U+001B]" in shown
    assert "[U+202E]" in shown


def test_an_article_of_one_sentence_is_summed_up_in_the_singular() -> None:
    assert "The one sentence is reported as fact" in render(labelled([[("It rained.", "F")]]), 80, color=False)
    assert "1 of 1 sentence rests on nobody’s word." in render(labelled([[("It {may} rain.", "S")]]), 80, color=False)


def test_an_article_of_which_nothing_was_decided_is_not_said_to_state_nothing() -> None:
    shown = render(labelled([[("It rained.", "?", 0.3)]]), 80, color=False)
    assert "No sentence is labelled: of none is the label sure enough." in shown


def test_an_article_without_statements() -> None:
    assert "No sentence here states anything." in render(labelled([]), 80, color=False)
    assert "No sentence here states anything." in render(labelled([[("Read also", "-")]]), 80, color=False)
