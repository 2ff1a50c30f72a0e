"""What the tests of the harness share: a labeller made of the cue rules, and annotated sentences of our own."""

from collections.abc import Iterable, Iterator

from onrecord.article import Article
from onrecord.data.annotated import AnnotatedSentence
from onrecord.eval.cue_rules import decide
from onrecord.labelled import LabelledArticle, LabelledSentence, Span
from onrecord.labels import LABELS, Label, Sourcing
from onrecord.windows import HEADLINE


class RuleLabeller:
    """Labels as the cue rules do, through the labeller's interface."""

    def label_articles(self, articles: Iterable[Article]) -> Iterator[LabelledArticle]:
        for article in articles:
            headline = None if article.headline is None else _labelled(HEADLINE, 0, article.headline)
            sentences = tuple(_labelled(n, s.start, s.text) for n, s in enumerate(article.sentences))
            yield LabelledArticle(article.text, headline, sentences, article.id)


def _labelled(index: int, start: int, text: str) -> LabelledSentence:
    label, sourcing, cue = decide(text)
    span = cue and Span(start + cue[0], start + cue[1], text[slice(*cue)])
    probabilities = {other: 0.8 if other is label else 0.05 for other in LABELS}
    return LabelledSentence(
        index, start, start + len(text), text, label, 0.8, probabilities, sourcing, None, span, None
    )


def sentence(index: int, text: str, label: Label, sourcing: Sourcing = Sourcing.NONE) -> AnnotatedSentence:
    """An annotated sentence without spans."""
    return AnnotatedSentence(index, text, label, sourcing, None, None, True, None)
