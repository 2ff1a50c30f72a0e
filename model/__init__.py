"""onrecord: on whose word does each sentence of a news article stand?

>>> import onrecord
>>> for sentence in onrecord.label("Officials said the bridge is safe. It may reopen on Monday."):
...     print(sentence.label, sentence.cue.text)
attributed_claim said
speculation may
"""

from functools import cache

from onrecord.article import Article, Sentence
from onrecord.errors import DataError, InputError, OnrecordError, WeightsError
from onrecord.labelled import LabelledArticle, LabelledSentence, Span
from onrecord.labeller import Labeller
from onrecord.labels import Flag, Label, Sourcing

__version__ = "0.1.0"
__all__ = [
    "Article",
    "DataError",
    "Flag",
    "InputError",
    "Label",
    "LabelledArticle",
    "LabelledSentence",
    "Labeller",
    "OnrecordError",
    "Sentence",
    "Sourcing",
    "Span",
    "WeightsError",
    "label",
]


@cache
def _shipped_labeller() -> Labeller:
    return Labeller.from_pretrained()


def label(text: str, headline: str | None = None) -> list[LabelledSentence]:
    """Label the sentences of a text with the shipped weights: one result each, in order.

    :param text: any text, from a single sentence to a whole article.
    :param headline: shown to the network as context, if known.
    :raises InputError: the text is not a string.
    """
    return list(_shipped_labeller().label_article(text, headline).sentences)
