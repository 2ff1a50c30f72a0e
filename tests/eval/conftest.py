"""Fixtures: the harness without weights."""

import pytest
from rule_labeller import RuleLabeller, sentence

from onrecord.data.annotated import AnnotatedArticle
from onrecord.eval.samples import Sample
from onrecord.labels import Label, Sourcing


@pytest.fixture
def labeller() -> RuleLabeller:
    return RuleLabeller()


@pytest.fixture
def sample() -> Sample:
    """Two short articles; the cue rules get five of their six texts right, the headline wrong."""
    ferry = AnnotatedArticle(
        "own",
        "ferry",
        "The Quay",
        "news",
        sentence(-1, "Ferry could stop for good", Label.REPORTED_FACT),
        (
            sentence(0, "The mayor said the Republican plan was too dear.", Label.ATTRIBUTED_CLAIM, Sourcing.NAMED),
            sentence(1, "The ferry may stop in March.", Label.SPECULATION),
            sentence(2, "It carried 40,000 people last year.", Label.REPORTED_FACT),
        ),
    )
    column = AnnotatedArticle(
        "own",
        "column",
        "The Quay",
        "opinion",
        None,
        (
            sentence(12, "The council should be ashamed of itself.", Label.ANALYST_OPINION),
            sentence(
                13, "“We had no choice in the matter,” he told the court.", Label.ATTRIBUTED_CLAIM, Sourcing.NAMED
            ),
        ),
    )
    return Sample.of("dev", [ferry, column])
