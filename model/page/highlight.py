"""Labelled article → one self-contained HTML page: no outside resource, nothing of the article ever markup.

Article text is hostile: it reaches the page escaped, once as the article and once as JSON for the script, and the
page's Content-Security-Policy lets run only the script and the style that are named there by their hashes.
"""

import base64
import hashlib
import json
import re
from collections.abc import Iterator, Sequence
from html import escape
from importlib.resources import files
from typing import Any

from onrecord.formats import FIELDS
from onrecord.framing import Finding
from onrecord.framing.rules import RULE_NAMED
from onrecord.labelled import LabelledArticle, LabelledSentence
from onrecord.labels import STANDINGS, Flag, Label
from onrecord.pretrained import SHIPPED
from onrecord.reading import FLAG_TITLES, HIDDEN, LETTERS, Block, blocks, runs, segments, summary, title, visible

_SURE = ((0.9, "sure3"), (0.7, "sure2"), (0.0, "sure1"))
_CLOSE_CALL = 0.6
_MIX_GAP = 0.4  # per cent of the bar's width
_MIX_LETTER = 6  # per cent that a part needs for its letter to fit


def to_html(article: LabelledArticle) -> str:
    """The page of an article. It opens from disk, prints, and needs no script to be read."""
    counts = article.profile.counts
    return fill(
        "page.html",
        "page.css",
        "page.js",
        title=_text(title(article)),
        statement=_text(summary(article)),
        mix=_mix(counts),
        findings=_findings(article),
        legend="\n".join(_legend_row(label, counts[label]) for label in STANDINGS),
        flagged_count=str(len(article.flagged)),
        flagged="\n".join(map(_flagged_item, article.flagged)),
        article="\n".join(_article(article)),
        sources=_sources(article),
        definitions="\n".join(map(_definition, STANDINGS)),
        measured=_text(_measured()),
        data=_as_json(_data(article)),
    )


def fill(template: str, style: str, script: str | None, form_action: str = "'none'", **parts: str) -> str:
    """A page of ``model/page/`` with its style, its script, its policy and ``parts`` (already HTML) filled in."""
    template, style = _asset(template), _asset(style)
    code = _asset(script) if script else ""
    parts |= {"style": style, "script": code, "policy": _policy(style, code, form_action)}
    return re.sub(r"\{\{(\w+)\}\}", lambda match: parts[match[1]], template)


def _asset(name: str) -> str:
    return (files("onrecord") / "page" / name).read_text(encoding="utf-8")


def _policy(style: str, script: str, form_action: str) -> str:
    """The Content-Security-Policy under which exactly this style and this script run and nothing is loaded."""
    return (
        f"default-src 'none'; script-src '{_digest(script)}'; style-src '{_digest(style)}'; "
        f"base-uri 'none'; form-action {form_action}"
    )


def _digest(content: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()


def _text(text: str) -> str:
    """Text of anybody's as HTML: escaped, and what cannot be seen shown."""
    return escape(visible(text))


def _article(article: LabelledArticle) -> Iterator[str]:
    if article.headline:
        yield f"<h1>{_sentence(article.headline)}</h1>"
    level = 1 if article.headline else 0
    for block in blocks(article):
        level, tag = _heading(block, level)
        yield f"<{tag}>{' '.join(map(_sentence, block.sentences))}</{tag}>"
    if level == 0:
        yield f'<h1 class="unseen">{_text(title(article))}</h1>'


def _heading(block: Block, level: int) -> tuple[int, str]:
    """The heading level that holds now, after ``level``, and the block's tag: one ``h1``, no level skipped."""
    if not block.level:
        return level, "p"
    level = 1 if level == 0 else max(2, min(block.level, level + 1))
    return level, f"h{level}"


def _sentence(sentence: LabelledSentence) -> str:
    letter = LETTERS.get(sentence.label, "") if sentence.label else "?"
    doubt = "?" if sentence.label and letter and sentence.confidence < _CLOSE_CALL else ""
    words = "".join(
        f'<span class="{kind}">{_text(piece)}</span>' if kind else _text(piece)
        for kind, piece in segments(sentence)
        if piece
    )
    spoken = f'<span class="unseen">{_spoken(sentence)}: </span>' if letter else ""
    margin = f'<span class="letter" aria-hidden="true">{letter}{doubt}</span>' if letter else ""
    text = f'<span class="t">{words}</span>'
    return f'<span class="s {_classes(sentence)}" id="s{sentence.index}">{spoken}{margin}{text}</span>'


def _classes(sentence: LabelledSentence) -> str:
    strength = next(name for least, name in _SURE if sentence.confidence >= least)
    return " ".join([sentence.label or "none", strength, *(["flag", sentence.flag] if sentence.flag else [])])


def _spoken(sentence: LabelledSentence) -> str:
    name = sentence.label.words if sentence.label else "not decided"
    return f"{name}, {FLAG_TITLES[sentence.flag]}" if sentence.flag else name


def _mix(counts: dict[Label, int]) -> str:
    """The bar of an article's labels; its parts have gaps and letters, so that it reads without colour."""
    total = sum(counts.values())
    if not total:
        return ""
    spoken = ", ".join(f"{label.words} {count}" for label, count in counts.items())
    parts, left = [], 0.0
    for label, count in counts.items():
        width = 100 * count / total
        if count:
            parts.append(
                f'<rect class="{label}" x="{left:.2f}%" width="{max(width - _MIX_GAP, 0.3):.2f}%" height="100%"/>'
            )
        if width > _MIX_LETTER:
            parts.append(f'<text x="{left + width / 2:.2f}%" y="68%">{LETTERS[label]}</text>')
        left += width
    return f'<svg class="mix" role="img" aria-label="Mix of labels: {spoken}">{"".join(parts)}</svg>'


def _findings(article: LabelledArticle) -> str:
    """What stands out, each line with links to the sentences that show it and the rule by which it was found."""
    items = "\n".join(_finding(article, finding) for finding in article.framing.findings)
    if not items:
        return ""
    return f'<section class="findings"><h2>What stands out</h2>\n<ul>\n{items}\n</ul></section>'


def _finding(article: LabelledArticle, finding: Finding) -> str:
    about_headline = finding.rule.endswith("_headline") and article.headline is not None
    evidence = [*([-1] if about_headline else []), *finding.evidence]
    headline = '<a href="#s-1">headline</a> ' if about_headline else ""
    return (
        f'<li data-evidence="{" ".join(map(str, evidence))}"><p>{_text(finding.text)}</p>'
        f"<details><summary>Rule</summary>{_text(RULE_NAMED[finding.rule].fires)}</details>"
        f'<p class="places">{headline}{_places(finding.evidence)}</p></li>'
    )


def _places(sentences: Sequence[int]) -> str:
    return " ".join(_run(first, last) for first, last in runs(sentences))


def _run(first: int, last: int) -> str:
    """A link to a sentence, or to the first of some that follow one another."""
    spoken, shown = f"Sentence {first + 1}", str(first + 1)
    if last > first:
        spoken, shown = f"Sentences {first + 1} to {last + 1}", f"{first + 1}–{last + 1}"
    return f'<a href="#s{first}" aria-label="{spoken}">{shown}</a>'


def _legend_row(label: Label, count: int) -> str:
    return (
        f'<label class="{label}"><input type="checkbox" name="label" value="{label}" checked>'
        f'<span class="name"><span class="letter" aria-hidden="true">{LETTERS[label]}</span>{label.words}</span>'
        f'<span class="count">{count}</span></label>'
    )


def _flagged_item(sentence: LabelledSentence) -> str:
    assert sentence.label and sentence.flag
    who = f": {_text(sentence.source.text)}" if sentence.source and sentence.flag is Flag.VAGUE_SOURCE else ""
    words = "".join(_text(piece) for _, piece in segments(sentence))
    return (
        f'<li><a href="#s{sentence.index}"><span class="chip {sentence.label} {sentence.flag}" aria-hidden="true">'
        f'{LETTERS[sentence.label]}</span><span class="words">{words}</span>'
        f'<span class="why">{sentence.label.words}, {FLAG_TITLES[sentence.flag]}{who}</span></a></li>'
    )


def _sources(article: LabelledArticle) -> str:
    lines = "\n".join(
        f'<tr><th scope="row">{_text(source.name)}</th><td class="kind">{"named" if source.named else "not named"}</td>'
        f'<td>{len(source.sentences)}</td><td class="places">{_places(source.sentences)}</td></tr>'
        for source in article.framing.voices.sources
    )
    if not lines:
        return ""
    return (
        '<section class="sources"><h2>Who is said to have said what</h2><div class="scroll"><table>\n'
        '<thead><tr><th scope="col">Source, in the article’s words</th><th scope="col">Kind</th>'
        '<th scope="col">Sentences</th><th scope="col">Which</th></tr></thead>\n'
        f"<tbody>\n{lines}\n</tbody></table></div></section>"
    )


def _definition(label: Label) -> str:
    return (
        f'<dt class="{label}"><span class="letter" aria-hidden="true">{LETTERS[label]}</span>{label.words}</dt>'
        f"<dd>{escape(label.definition)}</dd>"
    )


def _measured() -> str:
    """How good the shipped weights are, if their configuration says it."""
    try:
        provenance = json.loads((SHIPPED / "config.json").read_text(encoding="utf-8"))["provenance"]
        return f"The shipped model’s macro-F1 on the development set is {provenance['fidelity']['int8_macro_f1']:.2f}."
    except (OSError, ValueError, KeyError, TypeError):  # a page is no place to fail for a missing figure
        return ""


def _data(article: LabelledArticle) -> dict[str, Any]:
    """What the script needs to know: the records, and the words for what is in them."""
    return {
        "title": title(article),
        "statement": summary(article),
        "labels": {label: label.words for label in Label},
        "definitions": {label: label.definition for label in Label},
        "flags": FLAG_TITLES,
        "fields": FIELDS,
        "hidden": HIDDEN.pattern,
        "records": article.records(),
        "findings": [finding.text for finding in article.framing.findings],
    }


def _as_json(data: dict[str, Any]) -> str:
    """JSON that cannot end its script element: ASCII only, and ``< > &`` escaped."""
    text = json.dumps(data, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
