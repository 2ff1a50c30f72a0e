"""The page of an article: complete, self-contained, safe with hostile text, legible in every common vision."""

import base64
import hashlib
import itertools
import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from articles import harbour, labelled
from hypothesis import given, settings
from hypothesis import strategies as st

from onrecord.article import Article
from onrecord.labelled import LabelledArticle, LabelledSentence, Span
from onrecord.labeller import Labeller
from onrecord.labels import STANDINGS, Label, Sourcing, flag_of
from onrecord.page.highlight import to_html
from onrecord.reading import visible

VOID = {"meta", "input", "rect"}
ATTACKS = [
    "<script>alert(1)</script>",
    "</script><script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "'\" onmouseover='alert(1)' \"",
    "<a href=javascript:alert(1)>link</a> javascript:alert(1)",
    "</title></style></textarea><svg onload=alert(1)>",
    "<!-- --> ]]> <![CDATA[ {{script}} {{data}} &lt;b&gt; &amp;",
    "\u202egnihton si siht\u202c \u2067 \u200f",
    "\x00\x1b[2J\x9b \ufeff \ufffe \ud800",
    "“‘«\"'‘”’»" * 20,
    "x" * 100_000,
]


class Page(HTMLParser):
    """What a browser makes of a page: its elements, the text of its sentences, its scripts and styles."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.contents: dict[str, list[str]] = {"script": [], "style": [], "title": []}
        self.sentences: dict[str, str] = {}
        self.blocks: list[tuple[str, str]] = []
        self._open: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attributes)))
        if tag not in VOID:
            self._open.append((tag, dict(attributes)))
        if tag in ("p", "h1", "h2", "h3") and self._inside("article"):
            self.blocks.append((tag, ""))

    def handle_endtag(self, tag: str) -> None:
        assert tag in VOID or self._open.pop()[0] == tag

    def handle_data(self, data: str) -> None:
        tag, attributes = self._open[-1] if self._open else ("", {})
        if tag in self.contents:
            self.contents[tag].append(data)
        classes = str(attributes.get("class", "")).split()
        if self._inside("article") and tag != "article" and not {"letter", "unseen"} & set(classes):
            tag, text = self.blocks[-1]
            self.blocks[-1] = (tag, text + data)
            for _, outer in self._open:
                if str(outer.get("class", "")).startswith("s "):
                    self.sentences[str(outer["id"])] = self.sentences.get(str(outer["id"]), "") + data

    def _inside(self, tag: str) -> bool:
        return any(name == tag for name, _ in self._open)

    def attributes(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.elements if name == tag]


def test_headings_and_paragraphs_are_kept() -> None:
    blocks = Page(to_html(harbour())).blocks
    assert [tag for tag, _ in blocks] == ["h1", "p", "p", "h2", "p", "p"]
    assert blocks[0][1] == "Harbour gates stood open"
    assert blocks[3][1] == "A question of money"
    assert blocks[4][1].startswith("The affair is a humiliation for the city. Insurance analysts expect")


def test_hard_wrapped_lines_are_one_paragraph_and_single_lines_are_paragraphs() -> None:
    first = "The gates stood open for almost five hours on Friday"
    wrapped = f"{first}\nnight while the river rose. The sirens did not sound\nat all."
    text = f"{wrapped}\n\nOne line.\nAnother line."
    article = Article(text)
    sentences = (made(index, item.start, item.text) for index, item in enumerate(article.sentences))
    page = Page(to_html(LabelledArticle(text, None, tuple(sentences))))
    assert [text for _, text in page.blocks][:3] == [wrapped.replace("\n", " "), "One line.", "Another line."]


def one_sided() -> LabelledArticle:
    """An article in which one source carries all."""
    said = [(f"“It is safe,” {{said}} [Mayor Ana Orlov] of bridge {number}.", "Cn") for number in range(4)]
    return labelled([[("A bridge was closed.", "F"), *said[:3]], [("It rained.", "F"), said[3]]])


def made(index: int, start: int, text: str, label: Label = Label.SPECULATION, **rest: Any) -> LabelledSentence:
    sourcing = rest.pop("sourcing", Sourcing.NONE)
    spans = {"source": None, "cue": None} | rest
    probabilities = dict.fromkeys(Label, 0.2)
    flag = flag_of(label, sourcing)
    return LabelledSentence(
        index, start, start + len(text), text, label, 0.5, probabilities, sourcing, flag=flag, **spans
    )


def test_heading_levels_are_never_skipped() -> None:
    article = labelled([[("Text first.", "F")], [("#### Deep", "-")], [("###### Deeper", "-")], [("# Up", "-")]])
    headed = labelled([[("### One", "-")], [("## Two", "-")]], headline=("Title", "-"))
    assert [tag for tag, _ in Page(to_html(article)).blocks] == ["p", "h1", "h2", "h2"]
    assert [tag for tag, _ in Page(to_html(headed)).blocks] == ["h1", "h2", "h2"]


def test_each_sentence_shows_label_flag_and_strength_without_colour() -> None:
    page = Page(to_html(harbour()))
    classes = {str(span["id"]): str(span["class"]) for span in page.attributes("span") if span.get("id")}
    assert classes["s2"] == "s attributed_claim sure3 flag vague_source"
    assert classes["s5"] == "s speculation sure3 flag unsourced"
    assert classes["s7"] == "s analyst_opinion sure1 flag unsourced"
    assert classes["s10"] == "s attributed_claim sure3"
    html = to_html(harbour())
    assert (
        '<span class="unseen">speculation, no source: </span><span class="letter" aria-hidden="true">S</span>' in html
    )
    assert '<span class="letter" aria-hidden="true">O?</span>' in html  # 0.55 is a close call
    assert '<span class="source">Piers Valdane</span>, the director' in html
    assert '<span class="cue">might</span>' in html


def test_flagged_sentences_sources_and_summary() -> None:
    html = to_html(harbour())
    page = Page(html)
    flagged = html[html.index('<details class="flagged"') : html.index("<main>")]
    assert re.findall(r'href="#(s\d+)"', flagged) == ["s2", "s5", "s7", "s8"]
    assert "vague source: two people familiar with the report" in flagged
    assert "2 of 10 sentences rest on nobody’s word, 2 more on a source that cannot be identified." in html
    row = html[html.index('<th scope="row">Piers Valdane</th>') :].split("</tr>")[0]
    assert '<td class="kind">named</td><td>3</td>' in row
    assert re.findall(r'href="#(s\d+)".*?>([\d–]+)<', row) == [("s3", "4–5"), ("s10", "11")]
    assert {str(link["href"])[1:] for link in page.attributes("a")} <= set(page.sentences)


def test_each_finding_links_to_its_sentences_and_says_its_rule() -> None:
    html = to_html(one_sided())
    section = html[html.index('<section class="findings">') :].split("</section>")[0]
    items = re.findall(r"<li .*?</li>", section)
    findings = one_sided().framing.findings
    assert [re.search("<p>(.*?)</p>", item)[1] for item in items] == [finding.text for finding in findings]  # type: ignore[index]
    single = next(item for item in items if "have the same one: Mayor Ana Orlov." in item)
    assert 'data-evidence="1 2 3 5"' in single
    assert re.findall(r'href="#(s\d+)" aria-label="([^"]*)">([\d–]+)<', single) == [
        ("s1", "Sentences 2 to 4", "2–4"),
        ("s5", "Sentence 6", "6"),
    ]
    assert "<summary>Rule</summary>all sentences that have a source, at least 4, have the same one" in single
    assert {str(link["href"])[1:] for link in Page(html).attributes("a")} <= set(Page(html).sentences)


def test_an_article_in_which_nothing_stands_out_has_no_such_section() -> None:
    assert "What stands out</h2>" not in to_html(labelled([[("It rained.", "F")]]))


def test_a_finding_on_the_headline_links_to_it() -> None:
    drifted = labelled([[("It rained in Velmark.", "F")]], headline=("Orlov resigns as mayor of Turvia", "F"))
    section = to_html(drifted).split('<section class="findings">')[1].split("</section>")[0]
    assert "No sentence of the article was found that makes the headline’s claim." in section
    assert '<a href="#s-1">headline</a>' in section


def test_the_page_loads_nothing_and_names_its_script_and_style() -> None:
    page = Page(to_html(harbour()))
    assert not {tag for tag, _ in page.elements} & {
        "link",
        "img",
        "iframe",
        "object",
        "embed",
        "base",
        "audio",
        "video",
    }
    for _, attributes in page.elements:
        assert not {"src", "srcset", "style", "action", "background"} & set(attributes)
        assert not [name for name in attributes if name.startswith("on")]
        assert str(attributes.get("href", "#")).startswith("#")
    assert "url(" not in page.contents["style"][0]
    assert "@import" not in page.contents["style"][0]
    policy = str(next(meta["content"] for meta in page.attributes("meta") if meta.get("http-equiv")))
    digests = {
        kind: base64.b64encode(hashlib.sha256(page.contents[kind][-1].encode()).digest()).decode()
        for kind in ("script", "style")
    }
    assert policy == (
        f"default-src 'none'; script-src 'sha256-{digests['script']}'; style-src 'sha256-{digests['style']}'; "
        "base-uri 'none'; form-action 'none'"
    )


def test_the_data_in_the_page_is_the_article_s_records() -> None:
    article = labelled(
        [[(f"Begin {attack} end.", "S")] for attack in ATTACKS], headline=(ATTACKS[1], "F"), name=ATTACKS[0]
    )
    html = to_html(article)
    data = Page(html).contents["script"][0]
    assert data.isascii()
    assert not set("<>&") & set(data)
    assert json.loads(data)["records"] == article.records()


@pytest.mark.parametrize("attack", ATTACKS, ids=range(len(ATTACKS)))
def test_hostile_text_comes_out_as_text(attack: str) -> None:
    html = to_html(everywhere(attack))
    html.encode()  # a lone surrogate would stop the page from being written
    page = Page(html)
    harmless = Page(to_html(everywhere("harmless")))
    assert {tag for tag, _ in page.elements} <= {tag for tag, _ in harmless.elements}
    assert len(page.elements) <= len(harmless.elements)  # fewer, where the words are no name and so no source
    assert len(page.attributes("script")) == 2
    assert page.sentences["s0"] == f"Begin {visible(attack)}."
    assert page.sentences["s-1"] == visible(attack)


def everywhere(words: str) -> LabelledArticle:
    """An article with ``words`` in its headline, its name, a source, a cue and a heading."""
    text = f"Begin {words}.\n\n# {words}"
    source = Span(6, 6 + len(words), words)
    first = made(0, 0, f"Begin {words}.", Label.ATTRIBUTED_CLAIM, source=source, sourcing=Sourcing.UNNAMED)
    heading = made(
        1, len(first.text) + 2, f"# {words}", Label.SPECULATION, cue=Span(len(first.text) + 2, len(text), "")
    )
    stated = dict.fromkeys(Label, 0.0) | {Label.NONE: 1.0}  # a headline that claims nothing has no finding of its own
    headline = replace(made(-1, 0, words, Label.NONE), probabilities=stated)
    return LabelledArticle(text, headline, (first, heading), words)


@given(st.text(max_size=300))
@settings(max_examples=100, deadline=None)
def test_any_text_comes_out_whole(text: str) -> None:
    sentences = tuple(made(index, item.start, item.text) for index, item in enumerate(Article(text).sentences))
    page = Page(to_html(LabelledArticle(text, None, sentences)))
    shown = [page.sentences.get(f"s{item.index}", "") for item in sentences]
    assert shown == [visible(re.sub(r"^#{1,6}[ \t]+(?=\S)", "", item.text)) for item in sentences]
    assert len(page.attributes("script")) == 2


def test_hidden_characters_are_shown() -> None:
    assert visible("a\u202eb\u2066c\x1bd\U000e0041e") == "a[U+202E]b[U+2066]c[U+001B]d[U+E0041]e"
    assert visible("two\r\n \tlines") == "two lines"
    assert visible("👩‍🚒 नहीं é") == "👩‍🚒 नहीं é"


def test_a_page_of_sixty_sentences_is_small() -> None:
    words = "“The gates were kept open because the authority wanted to avoid peak-rate power charges and tolls,”"
    article = labelled(
        [[(f"{words} {{said}} [two people] {number}-{line}.", "Cu") for line in range(4)] for number in range(15)]
    )
    assert len(article.sentences) == 60
    assert len(to_html(article).encode()) < 300_000


def test_an_empty_article_has_a_page() -> None:
    assert "No sentence here states anything." in to_html(labelled([]))


def test_the_demo_article_as_the_shipped_weights_label_it() -> None:
    demo = Article.from_file(Path(__file__).parents[2] / "data" / "demo.md")
    article = Labeller.from_pretrained(threads=1).label_article(demo)
    page = Page(article.to_html())
    assert [visible(item.text.lstrip("# ")) for item in article.sentences] == list(page.sentences.values())
    assert [tag for tag, _ in page.blocks].count("h2") == demo.text.count("\n## ")
    assert json.loads(page.contents["script"][0])["records"] == article.records()


# ---------------------------------------------------------------------------------------------------------------------
# Colours: measured on the page's own style sheet.

# Machado, Oliveira & Fernandes (2009), severity 1.0, on linear RGB.
VISIONS = {
    "normal": np.eye(3),
    "protanopia": np.array(
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
    ),
    "deuteranopia": np.array(
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
    ),
    "tritanopia": np.array(
        [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]]
    ),
}
XYZ = np.array(
    [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]]
)
WHITE = np.array([0.95047, 1.0, 1.08883])
SEPARATION = 20.0  # CIELAB distance; 2.3 is just noticeable


def schemes() -> dict[str, dict[str, str]]:
    style = Page(to_html(harbour())).contents["style"][0]
    blocks = re.findall(r":root \{(.*?)\}", style, re.DOTALL)
    found = [dict(re.findall(r"--(\w+): (#\w+)", block)) for block in blocks]
    return {"light": found[0], "dark": found[0] | found[1], "print": found[0] | found[2]}


def linear(color: str) -> np.ndarray:
    digits = color[1:] if len(color) == 7 else "".join(2 * digit for digit in color[1:])
    values = np.array([int(digits[place : place + 2], 16) for place in (0, 2, 4)]) / 255
    return np.where(values <= 0.04045, values / 12.92, ((values + 0.055) / 1.055) ** 2.4)


def lab(color: np.ndarray) -> np.ndarray:
    ratios = XYZ @ np.clip(color, 0, 1) / WHITE
    x, y, z = np.where(ratios > 0.008856, np.cbrt(ratios), 7.787 * ratios + 16 / 116)
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


def contrast(first: str, second: str) -> float:
    low, high = sorted(float(XYZ[1] @ linear(color)) for color in (first, second))
    return (high + 0.05) / (low + 0.05)


def mixed(color: str, paper: str, share: float) -> str:
    """CSS ``color-mix(in srgb, color share, paper)``."""
    pairs = zip(bytes.fromhex(color[1:]), bytes.fromhex(paper[1:]), strict=True)
    return "#" + "".join(f"{round(share * one + (1 - share) * other):02x}" for one, other in pairs)


@pytest.mark.parametrize("scheme", ["light", "dark", "print"])
@pytest.mark.parametrize("vision", VISIONS)
def test_label_colours_stay_apart(scheme: str, vision: str) -> None:
    colors = [lab(VISIONS[vision] @ linear(schemes()[scheme][label])) for label in STANDINGS]
    assert min(np.linalg.norm(one - other) for one, other in itertools.combinations(colors, 2)) >= SEPARATION


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_contrast_is_wcag_aa(scheme: str) -> None:
    colors = schemes()[scheme]
    for name in (*STANDINGS, "ink", "quiet", "link"):
        assert contrast(colors[name], colors["paper"]) >= 4.5, name
    assert contrast(colors["quiet"], colors["panel"]) >= 4.5
    style = Page(to_html(harbour())).contents["style"][0]
    strongest = max(map(int, re.findall(r"color-mix\(in srgb, var\(--c\) (\d+)%", style))) / 100
    for label in STANDINGS:
        fill = mixed(colors[label], colors["paper"], strongest)
        assert contrast(colors["ink"], fill) >= 4.5, label
        assert contrast(colors[label], fill) >= 3, label  # the underline


def test_underlines_differ_by_label() -> None:
    style = Page(to_html(harbour())).contents["style"][0]
    assert ".t { text-decoration: underline 1px var(--c);" in style
    assert ".speculation .t { text-decoration-style: dashed; }" in style
    assert ".analyst_opinion .t { text-decoration-style: dotted;" in style
    assert ".reported_fact .t, .none .t { text-decoration: none; }" in style
