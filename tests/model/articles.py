"""Hand-made labelled articles, so that the doors are tested without the network.

``labelled`` takes sentences as ``(text, code)``: the code is the label's letter (``F C S O``, ``-`` for none, ``?`` for
an abstention), then ``n`` or ``u`` if the sentence is handed to somebody named or unnamed: ``"Cu"``. In the text,
``[words]`` are the source and ``{words}`` the cue.
"""

import re

from onrecord.labelled import LabelledArticle, LabelledSentence, Span
from onrecord.labels import LABELS, Label, Sourcing, flag_of

_LABELS = {
    "F": Label.REPORTED_FACT,
    "C": Label.ATTRIBUTED_CLAIM,
    "S": Label.SPECULATION,
    "O": Label.ANALYST_OPINION,
    "-": Label.NONE,
}
_SOURCINGS = {"n": Sourcing.NAMED, "u": Sourcing.UNNAMED}


def sentence(marked: str, code: str, confidence: float = 0.9, index: int = 0, start: int = 0) -> LabelledSentence:
    """One sentence from its marked-up text, its code and where it starts."""
    text, spans = _unmark(marked, start)
    label = _LABELS.get(code[0])
    sourcing = _SOURCINGS.get(code[1:], Sourcing.NONE)
    best = label or Label.SPECULATION
    rest = (1 - confidence) / (len(LABELS) - 1)
    return LabelledSentence(
        index=index,
        start=start,
        end=start + len(text),
        text=text,
        label=label,
        confidence=confidence,
        probabilities={name: confidence if name is best else rest for name in LABELS},
        sourcing=sourcing,
        source=spans.get("["),
        cue=spans.get("{"),
        flag=flag_of(label, sourcing) if label else None,
    )


def labelled(paragraphs: list[list[tuple]], headline: tuple | None = None, name: str | None = None) -> LabelledArticle:
    """An article of paragraphs of ``(text, code)`` or ``(text, code, confidence)``, a blank line between them."""
    text = ""
    sentences: list[LabelledSentence] = []
    for paragraph in paragraphs:
        text += "\n\n" if text else ""
        for number, item in enumerate(paragraph):
            text += " " if number else ""
            made = sentence(
                *item, **({} if len(item) > 2 else {"confidence": 0.9}), index=len(sentences), start=len(text)
            )
            text += made.text
            sentences.append(made)
    head = sentence(*headline, index=-1) if headline else None
    return LabelledArticle(text, head, tuple(sentences), name)


def _unmark(marked: str, start: int) -> tuple[str, dict[str, Span]]:
    text = ""
    spans = {}
    for piece in re.split(r"(\[[^\]]*\]|\{[^}]*\})", marked):
        if piece[:1] in ("[", "{") and len(piece) > 2:
            words = piece[1:-1]
            spans[piece[0]] = Span(start + len(text), start + len(text) + len(words), words)
            text += words
        else:
            text += piece
    return text, spans


def harbour() -> LabelledArticle:
    """A short article with every label, every flag, a heading and a page-furniture line."""
    return labelled(
        [
            [("# Harbour gates stood open", "F", 0.81)],
            [
                ("The gates stood open for five hours on Friday night.", "F", 0.97),
                (
                    "They were kept open to save money, {according to} [two people familiar with the report].",
                    "Cu",
                    0.93,
                ),
            ],
            [
                ("“Nobody here weighs a bill against a life,” {said} [Piers Valdane], the director.", "Cn", 0.98),
                ("“The gauge was wrong that night.”", "Cn", 0.88),
                ("A frozen sensor {might} explain why no alarm went off.", "S", 0.91),
            ],
            [("## A question of money", "-", 0.99)],
            [
                ("The affair is {a humiliation} for the city.", "O", 0.55),
                ("[Insurance analysts] {expect} the bill to exceed 90 million crowns.", "Ou", 0.84),
                ("“The culture is the problem,” {said} [Tomas Verrell], who studies public works.", "On", 0.77),
                ("[Piers Valdane] {denied} that.", "Cn", 0.95),
            ],
            [("Read also: How the river got its walls", "-", 0.96)],
        ],
        name="harbour.md",
    )
