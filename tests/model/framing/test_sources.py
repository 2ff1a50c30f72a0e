"""Who gets to speak: mentions brought together as sources, in articles built by hand, so that no weights are needed.

Run: ``pytest tests/model/framing/test_sources.py``
"""

import json
import sys
from pathlib import Path

import pytest

from onrecord.framing.naming import read
from onrecord.framing.sources import Source, Voices, voices
from onrecord.labelled import LabelledArticle

sys.path.insert(0, str(Path(__file__).parents[1]))
from articles import labelled


def said_by(*sentences: tuple[str, str]) -> dict[str, tuple[int, ...]]:
    """Each source's name and its sentences, of an article with every sentence in a paragraph of its own."""
    return {source.name: source.sentences for source in voices(one_each(*sentences)).sources}


def one_each(*sentences: tuple[str, str]) -> LabelledArticle:
    return labelled([[sentence] for sentence in sentences])


FULL_THEN_SHORT = {
    "surname": "[Ruiz] {said} the road would open.",
    "courtesy title": "[Ms Ruiz] {said} the road would open.",
    "office and surname": "[Minister Ruiz] {said} the road would open.",
    "the office alone": "[The minister] {said} the road would open.",
    "the whole office": "[The energy minister] {said} the road would open.",
    "pronoun": "“The road will open,” [she] {said}.",
    "possessive": "The road will open, in [Ruiz’s] {words}.",
    "her statement": "[Ruiz’s statement] {said} the road would open.",
    "capitals": "[ANA RUIZ] {said} the road would open.",
    "initial": "[A. Ruiz] {said} the road would open.",
    "middle initial": "[Ana M. Ruiz] {said} the road would open.",
    "second surname": "[Ana Ruiz Molina] {said} the road would open.",
    "new role": "[Ana Ruiz, a former teacher], {said} the road would open.",
}


@pytest.mark.parametrize("second", FULL_THEN_SHORT.values(), ids=FULL_THEN_SHORT)
def test_a_person_named_in_full_and_then_otherwise_is_one_source(second):
    found = voices(one_each(("[Energy Minister Ana Ruiz] {opened} the talks.", "Cn"), (second, "Cn")))
    assert [source.sentences for source in found.sources] == [(0, 1)]


def test_the_name_shown_is_the_fullest_and_every_wording_is_kept_once():
    (source,) = voices(
        one_each(
            ("[Ruiz] {said} no.", "Cn"),
            ("[Energy Minister Ana Ruiz] {said} so twice.", "Cn"),
            ("[Ruiz] {said} it was late.", "Cn"),
            ("“Too late,” [she] {said}.", "Cn"),
        )
    ).sources
    assert source == Source(
        "Energy Minister Ana Ruiz", True, ("Ruiz", "Energy Minister Ana Ruiz", "she"), (0, 1, 2, 3), 1
    )


def test_a_full_name_outside_the_sourced_sentences_names_the_source():
    assert said_by(("Mayor Ilse Corrant opened the bridge.", "F"), ("It cost too much, [Corrant] {said}.", "Cn")) == {
        "Mayor Ilse Corrant": (1,)
    }


@pytest.mark.parametrize("named", ["Secretary of State Odo Lenz", "Odo Lenz"])
def test_a_name_outside_them_keeps_its_office_and_not_its_place(named):
    assert said_by((f"{named} of Velmark is ill.", "F"), ("[Lenz] {said} no.", "Cn")) == {named: (1,)}


def test_what_an_editor_put_in_brackets_is_read_without_them():
    naming = read("her lawyer Odo] Lenz")
    assert naming is not None and (naming.words, naming.name) == ("her lawyer Odo Lenz", ("odo", "lenz"))


def test_the_second_surname_alone_is_the_same_person():
    assert said_by(("[Ana Ruiz Molina] {said} no.", "Cn"), ("[Molina] {said} so twice.", "Cn")) == {
        "Ana Ruiz Molina": (0, 1)
    }


def test_curly_and_straight_apostrophes_are_one():
    assert said_by(("[Nora O’Shane] {said} no.", "Cn"), ("[O'Shane] {said} so twice.", "Cn")) == {
        "Nora O’Shane": (0, 1)
    }


def test_a_description_after_the_name_tells_the_office():
    assert said_by(
        ("[Piers Valdane], the authority’s director, {denied} it.", "Cn"), ("[The director] {called} it a lie.", "Cn")
    ) == {"Piers Valdane": (0, 1)}


def test_a_description_before_the_name_belongs_to_the_name():
    assert said_by(("[The ambassador to Vell, Dario Quent], {said} no.", "Cn"), ("[Quent] {repeated} it.", "Cn")) == {
        "The ambassador to Vell, Dario Quent": (0, 1)
    }


def test_two_people_of_one_surname_stay_apart():
    assert said_by(
        ("[Donna Harl] {said} yes.", "Cn"),
        ("[Ann Harl] {said} no.", "Cn"),
        ("[Donna Harl] {laughed} at that.", "Cn"),
        ("[Ann Harl] {did} not.", "Cn"),
    ) == {"Donna Harl": (0, 2), "Ann Harl": (1, 3)}


def test_a_father_and_a_son_of_one_name_stay_apart():
    assert said_by(("[Tom Harl] {said} yes.", "Cn"), ("[Tom Harl Jr.] {said} no.", "Cn")) == {
        "Tom Harl": (0,),
        "Tom Harl Jr": (1,),
    }


def test_mr_and_ms_of_one_surname_stay_apart():
    assert said_by(
        ("[Mr Harl] {said} yes.", "Cn"), ("[Ms Harl] {said} no.", "Cn"), ("[Mr Harl] {sighed} at it.", "Cn")
    ) == {"Mr Harl": (0, 2), "Ms Harl": (1,)}


def test_an_office_does_not_take_in_its_deputy():
    assert said_by(("[Vice President Odo Lenz] {said} yes.", "Cn"), ("[The president] {said} no.", "Cn")) == {
        "Vice President Odo Lenz": (0,),
        "The president": (1,),
    }


def test_an_office_means_its_last_mentioned_holder():
    assert said_by(
        ("[Mayor Ilse Corrant] {said} yes.", "Cn"),
        ("[Mayor Odo Lenz] of Pell {said} no.", "Cn"),
        ("[The mayor] {gave} no reason.", "Cn"),
    ) == {"Mayor Odo Lenz": (1, 2), "Mayor Ilse Corrant": (0,)}


def test_an_office_moves_on_to_a_new_holder_though_it_was_said_before_of_the_old_one():
    assert said_by(
        ("[Mayor Ilse Corrant] {said} yes.", "Cn"),
        ("[The mayor] {gave} a reason.", "Cn"),
        ("[Mayor Odo Lenz] of Pell {said} no.", "Cn"),
        ("[The mayor] {gave} no reason.", "Cn"),
    ) == {"Mayor Ilse Corrant": (0, 1), "Mayor Odo Lenz": (2, 3)}


@pytest.mark.parametrize("naming", ["Ms Ruiz’s lawyer, Tom Vell,", "Tom Vell, Ms Ruiz’s lawyer,"])
def test_the_title_before_a_possessive_is_somebody_elses(naming):
    found = said_by((f"[{naming}] {{said}} no.", "Cn"), ("[Mr Vell] {said} it twice.", "Cn"))
    assert list(found.values()) == [(0, 1)]


def test_the_president_is_not_the_presidents_wife():
    found = said_by(("[The president’s wife, Ana Ruiz], {said} no.", "Cn"), ("[The president] {said} yes.", "Cn"))
    assert found == {"The president’s wife, Ana Ruiz": (0,), "The president": (1,)}


@pytest.mark.parametrize("short", ["[The WHO]", "[WHO]"])
def test_initials_that_look_like_a_pronoun_are_a_name(short):
    found = said_by(("[The World Health Organization] {said} so.", "Cn"), (f"{short} {{said}} more.", "Cn"))
    assert found == {"The World Health Organization": (0, 1)}


@pytest.mark.parametrize("dateline", ["HALDERSEA, Vell — ", "PELL POINT (Meridia) - ", "SKÄRVIK, V.P., (VNA) -- "])
def test_the_place_before_the_first_sentence_is_no_part_of_a_name(dateline):
    found = said_by((f"[{dateline}Energy Minister Ana Ruiz] {{said}} no.", "Cn"), ("[Ms Ruiz] {said} so.", "Cn"))
    assert found == {"Energy Minister Ana Ruiz": (0, 1)}


def test_a_name_of_two_bodies_keeps_both():
    assert list(said_by(("[HWU–VNA] {said} so.", "Cn"))) == ["HWU–VNA"]


def test_a_name_keeps_the_point_of_its_initials():
    assert list(said_by(("[The U.S.] {said} so.", "Cn"))) == ["The U.S."]


@pytest.mark.parametrize("short", ["[The union]", "[HWU]", "[the Union]", "[The Harbour Workers’ Union]", "[It]"])
def test_an_organisation_and_its_short_forms_are_one_source(short):
    found = voices(
        one_each(("[The Harbour Workers' Union] {called} a strike.", "Cn"), (f"{short} {{wants}} more pay.", "Cn"))
    )
    assert [source.sentences for source in found.sources] == [(0, 1)]


def test_two_organisations_with_a_word_in_common_stay_apart():
    assert said_by(
        ("[The Harbour Workers’ Union] {called} a strike.", "Cn"), ("[The Teachers’ Union] {called} another.", "Cn")
    ) == {"The Harbour Workers’ Union": (0,), "The Teachers’ Union": (1,)}


def test_the_report_is_the_report_and_not_who_is_named_last():
    assert said_by(
        ("[A report by the coast guard] {found} a crack.", "Cn"),
        ("[Ana Ruiz] {denied} it.", "Cn"),
        ("[The report] {calls} it grave.", "Cn"),
    ) == {"A report by the coast guard": (0, 2), "Ana Ruiz": (1,)}


def test_a_pronoun_goes_to_the_last_person_that_it_fits():
    assert said_by(
        ("[Ms Ruiz] {said} yes.", "Cn"),
        ("[Mr Lenz] {said} no.", "Cn"),
        ("[The Harbour Authority] {said} nothing was wrong.", "Cn"),
        ("“It is late,” [he] {said}.", "Cn"),
        ("“It is too late,” [she] {said}.", "Cn"),
    ) == {"Ms Ruiz": (0, 4), "Mr Lenz": (1, 3), "The Harbour Authority": (2,)}


def test_a_pronoun_goes_to_the_subject_of_an_unsourced_sentence_before_it():
    assert said_by(
        ("[Odo Lenz] {said} no.", "Cn"),
        ("Ana Ruiz, who runs the ferry, cheered the vote.", "F"),
        ("“At last,” [she] {said}.", "Cn"),
    ) == {"Odo Lenz": (0,), "Ana Ruiz": (2,)}


def test_what_the_article_calls_he_is_no_she():
    assert said_by(
        ("[Sandra Bell] {said} that she had warned them.", "Cn"),
        ("[Odo Lenz] {said} that he had not heard.", "Cn"),
        ("“Nobody listened,” [she] {said}.", "Cn"),
    ) == {"Sandra Bell": (0, 2), "Odo Lenz": (1,)}


def test_they_are_the_last_group():
    assert said_by(
        ("[Prosecutors] {said} the case was strong.", "Cn"),
        ("[Odo Lenz] {said} no.", "Cn"),
        ("[They] {said} it would go to court.", "Cn"),
    ) == {"Prosecutors": (0, 2), "Odo Lenz": (1,)}


def test_a_place_that_speaks_is_no_he():
    assert said_by(
        ("Minister Odo Lenz flew in.", "F"),
        ("[Vellonia] {said} it would not pay.", "Cn"),
        ("It rained in Vellonia.", "F"),
        ("“We will see,” [he] {said}.", "Cn"),
    ) == {"Vellonia": (1,), "Minister Odo Lenz": (3,)}


def test_a_quotation_that_goes_on_belongs_to_its_speaker():
    assert said_by(
        ("“We close late,” {said} [Piers Valdane].", "Cn"),
        ("“We close once.", "Cn"),
        ("“The gauge was wrong.”", "Cn"),
        ("The river fell on Monday.", "F"),
        ("[Ilse Corrant] {disagreed}.", "Cn"),
    ) == {"Piers Valdane": (0, 1, 2), "Ilse Corrant": (4,)}


def test_a_quotation_may_name_its_speaker_at_its_end():
    article = labelled(
        [
            [("[Piers Valdane] {denied} it.", "Cn")],
            [("“We lost the cellar.", "Cn"), ("Then we lost the shop,” {said} [Odile Farrant].", "Cn")],
        ]
    )
    assert {source.name: source.sentences for source in voices(article).sources} == {
        "Odile Farrant": (1, 2),
        "Piers Valdane": (0,),
    }


def test_a_heading_does_not_break_a_quotation():
    assert said_by(
        ("“We close late,” {said} [Piers Valdane].", "Cn"), ("Advertisement", "-"), ("“We close once.”", "Cn")
    ) == {"Piers Valdane": (0, 2)}


def test_two_people_in_one_sentence_both_speak():
    found = voices(
        one_each(
            ("[Ana Ruiz] {said} yes.", "Cn"),
            ("[Odo Lenz] {said} no.", "Cn"),
            ("[Both Ruiz and Lenz] {praised} the cook.", "Cn"),
        )
    )
    assert {source.name: source.sentences for source in found.sources} == {"Ana Ruiz": (0, 2), "Odo Lenz": (1, 2)}
    assert [round(source.share, 2) for source in found.sources] == [0.67, 0.67]


def test_each_description_of_the_unidentified_is_one_unnamed_source():
    found = voices(
        one_each(
            ("[Critics] {call} it a waste.", "Ou"),
            ("[Two people familiar with the matter] {said} so.", "Cu"),
            ("[Some critics] {went} further.", "Ou"),
            ("[Officials] {disagreed}.", "Cu"),
        )
    )
    assert {source.name: source.sentences for source in found.sources} == {
        "Some critics": (0, 2),
        "Two people familiar with the matter": (1,),
        "Officials": (3,),
    }
    assert not any(source.named for source in found.sources)
    assert found.unnamed_share == 1


def test_the_official_is_the_official_before_but_another_is_not():
    assert said_by(
        ("[A senior harbour official] {said} yes.", "Cu"),
        ("[The official] {gave} no date.", "Cu"),
        ("[Another official] {said} no.", "Cu"),
    ) == {"A senior harbour official": (0, 1), "Another official": (2,)}


def test_the_unidentified_are_never_merged_with_the_named():
    found = voices(
        one_each(
            ("[Harbour officials] {said} yes.", "Cn"),
            ("[Harbour officials] {said} no.", "Cu"),
            ("[The harbour official Ana Ruiz] {said} both.", "Cn"),
            ("[The official] {said} neither.", "Cu"),
        )
    )
    assert [(source.named, source.sentences) for source in found.sources] == [
        (True, (0,)),
        (False, (1,)),
        (True, (2,)),
        (False, (3,)),
    ]
    assert found.unnamed_share == 0.5


def test_hearsay_without_a_source_is_an_unnamed_source():
    (source,) = voices(one_each(("The director {reportedly} resigned.", "Cu"))).sources
    assert (source.named, source.mentions, source.sentences) == (False, (), (0,))


def test_rumours_are_not_said_to_have_one_source():
    found = voices(one_each(*[(f"The director {{reportedly}} resigned in year {n}.", "Cu") for n in range(4)]))
    assert not found.single_source
    assert found.unnamed_share == 1


def test_sources_come_by_sentences_carried_then_by_first_mention():
    found = voices(
        one_each(
            ("[Odile Farrant] {said} so.", "Cn"),
            ("[Ana Ruiz] {said} yes.", "Cn"),
            ("[Odo Lenz] {said} no.", "Cn"),
            ("[Lenz] {said} it again.", "Cn"),
        )
    )
    assert [source.name for source in found.sources] == ["Odo Lenz", "Odile Farrant", "Ana Ruiz"]
    assert [source.share for source in found.sources] == [0.5, 0.25, 0.25]


def test_what_nobody_says_is_in_no_share():
    found = voices(
        one_each(
            ("[Odo Lenz] {said} no.", "Cn"),
            ("The bridge is shut.", "F"),
            ("It {may} fall.", "S"),
            ("It is {a disgrace}.", "O"),
            ("[Tomas Verrell], an engineer, {agrees}.", "On"),
        )
    )
    assert [(source.name, source.share) for source in found.sources] == [("Odo Lenz", 0.5), ("Tomas Verrell", 0.5)]


@pytest.mark.parametrize(
    ("last", "single"), [("“It is late,” [he] {said}.", True), ("[Ana Ruiz] {said} yes.", False), (None, False)]
)
def test_single_sourced_from_three_sentences_of_one_source(last, single):
    sentences = [("[Odo Lenz] {said} no.", "Cn"), ("[Lenz] {said} so twice.", "Cn")]
    assert voices(one_each(*sentences, *([(last, "Cn")] if last else []))).single_source is single


def test_a_sentence_that_nobody_can_be_found_for_leaves_it_open_whether_there_is_one_source():
    found = voices(
        one_each(
            ("“So be it.”", "Cn"),
            ("The river fell.", "F"),
            ("[Odo Lenz] {said} no.", "Cn"),
            ("[Lenz] {said} so twice.", "Cn"),
        )
    )
    assert [source.sentences for source in found.sources] == [(2, 3)]
    assert not found.single_source
    assert found.sources[0].share == pytest.approx(2 / 3)


ANSWERS = {
    "nobody else": ("“The gauge froze that night,” [he] {added}.", 2),
    "somebody else, elsewhere": ("[Ana Ruiz] {praised} the new theatre.", 2),
    "somebody else, on it": ("[Ana Ruiz] {said} the gauge was sound on the night of the storm.", 0),
    "the outlet, on it": ("The gauge froze on the night of the storm.", 1),
    "somebody unnamed, on it": ("[Officials] {called} the frozen gauge a storm in a teacup.", 0),
}


@pytest.mark.parametrize(("second", "unanswered"), ANSWERS.values(), ids=ANSWERS)
def test_a_claim_is_answered_where_another_source_speaks_on_the_same_subject(second, unanswered):
    code = "F" if second.startswith("The gauge") else ("Cu" if "Officials" in second else "Cn")
    article = one_each(("[Mr Lenz] {said} the gauge froze in the storm.", "Cn"), (second, code))
    assert voices(article).unanswered == unanswered


def test_an_article_without_sources_has_none():
    assert voices(one_each(("The bridge is shut.", "F"))) == Voices((), False, 0.0, 0)
    assert voices(labelled([])) == Voices((), False, 0.0, 0)


def test_the_record_is_plain_json():
    record = voices(one_each(("[Odo Lenz] {said} no.", "Cn"))).to_dict()
    assert json.loads(json.dumps(record)) == {
        "sources": [{"name": "Odo Lenz", "named": True, "mentions": ["Odo Lenz"], "sentences": [0], "share": 1.0}],
        "single_source": False,
        "unnamed_share": 0.0,
        "unanswered": 1,
    }
