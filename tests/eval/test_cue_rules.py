"""The word lists decide the codebook's plain cases, and show the word that decided."""

import pytest

from onrecord.eval.cue_rules import decide

CASES = [
    ("The mayor said the ferry was late.", "attributed_claim", "named", "said"),
    ("Residents reportedly left before noon.", "attributed_claim", "unnamed", "reportedly"),
    ("Analysts warn of a lost decade.", "analyst_opinion", "unnamed", "warn"),
    ("The council should close the road.", "analyst_opinion", "none", "should"),
    ("The road might close in March.", "speculation", "none", "might"),
    ("The road was closed on Monday after a landslide.", "reported_fact", "none", None),
    ("Read also: How the road was built", "none", "none", None),
]


@pytest.mark.parametrize(("text", "label", "sourcing", "cue"), CASES)
def test_plain_cases(text: str, label: str, sourcing: str, cue: str | None) -> None:
    found_label, found_sourcing, span = decide(text)
    assert (found_label, found_sourcing, span and text[slice(*span)]) == (label, sourcing, cue)
