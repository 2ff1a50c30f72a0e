"""The page in a real browser: load, filter, walk, look up, export, dark mode, phone, speed, attacks, accessibility.

Runs where chromium and chromedriver are installed (Debian: ``apt-get install chromium chromium-driver``).
"""

import json
import shutil
import socket
import threading
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

import pytest
import uvicorn
from articles import harbour, labelled
from selenium import webdriver
from selenium.webdriver import Chrome
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.wait import WebDriverWait
from test_highlight import ATTACKS, everywhere, one_sided
from test_server import Speculator

from onrecord.formats import to_csv
from onrecord.labelled import LabelledArticle
from onrecord.page.highlight import to_html
from onrecord.page.server import make_app

CHROMIUM, DRIVER = shutil.which("chromium"), shutil.which("chromedriver")
pytestmark = pytest.mark.skipif(
    not (CHROMIUM and DRIVER), reason="needs a browser: apt-get install chromium chromium-driver"
)
ARGUMENTS = (
    "--headless=new --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync --hide-scrollbars"
)
DESKTOP, PHONE = (1280, 900), (390, 844)
SECONDS = 20


@pytest.fixture(scope="module")
def chromium(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chrome]:
    options = webdriver.ChromeOptions()
    for argument in (*ARGUMENTS.split(), f"--user-data-dir={tmp_path_factory.mktemp('profile')}"):
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    browser = webdriver.Chrome(options, webdriver.ChromeService(DRIVER))
    yield browser
    browser.quit()


@pytest.fixture
def browser(chromium: Chrome) -> Iterator[Chrome]:
    """The browser at desktop size; whatever a page wrote to the console fails the test."""
    look(chromium, *DESKTOP)
    chromium.get("about:blank")
    chromium.get_log("browser")
    yield chromium
    assert chromium.get_log("browser") == []


def look(browser: Chrome, width: int, height: int, scheme: str = "light") -> None:
    size = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    scheme_feature = {"name": "prefers-color-scheme", "value": scheme}
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [scheme_feature]})


def show(browser: Chrome, article: LabelledArticle, folder: Path) -> None:
    page = folder / "page.html"
    page.write_text(to_html(article), encoding="utf-8")
    browser.get(page.as_uri())


def find(browser: Chrome, selector: str) -> WebElement:
    return browser.find_element(By.CSS_SELECTOR, selector)


def listed(browser: Chrome) -> list[str]:
    """The sentences in the list of flagged ones that are to be seen."""
    items = browser.find_elements(By.CSS_SELECTOR, ".flagged li a")
    return [str(item.get_dom_attribute("href"))[1:] for item in items if item.is_displayed()]


def counts(browser: Chrome) -> list[str]:
    return [element.text for element in browser.find_elements(By.CSS_SELECTOR, ".labels .count, .flagged .count")]


def plain(browser: Chrome) -> list[str]:
    return [str(element.get_attribute("id")) for element in browser.find_elements(By.CSS_SELECTOR, ".s.off")]


def press(browser: Chrome, *keys: str) -> str:
    """Press keys; the sentence that has the focus then."""
    for key in keys:
        ActionChains(browser).send_keys(key).perform()
    return str(browser.switch_to.active_element.get_attribute("id"))


def test_flagged_sentences_are_on_the_first_screen(browser: Chrome, tmp_path: Path) -> None:
    show(browser, harbour(), tmp_path)
    assert find(browser, ".statement").text.startswith("2 of 10 sentences rest on nobody’s word")
    assert listed(browser) == ["s2", "s5", "s7", "s8"]
    last = browser.find_elements(By.CSS_SELECTOR, ".flagged li")[-1]
    assert last.rect["y"] + last.rect["height"] < DESKTOP[1]
    assert counts(browser) == ["2", "4", "1", "3", "4"]


def test_filters_change_article_list_and_counts_together(browser: Chrome, tmp_path: Path) -> None:
    show(browser, harbour(), tmp_path)
    find(browser, "[value=analyst_opinion]").click()
    assert plain(browser) == ["s7", "s8", "s9"]
    assert listed(browser) == ["s2", "s5"]
    assert counts(browser) == ["2", "4", "1", "3", "2"]
    find(browser, "[value=analyst_opinion]").click()
    find(browser, "[value=unsourced]").click()
    assert listed(browser) == ["s5", "s7"]
    assert counts(browser) == ["0", "0", "1", "1", "2"]
    find(browser, "[name=confidence]").send_keys(*[Keys.ARROW_RIGHT] * 12)
    assert find(browser, "output").text == "60 %"
    assert listed(browser) == ["s5"]
    assert counts(browser) == ["0", "0", "1", "0", "1"]
    find(browser, "[value=speculation]").click()
    assert listed(browser) == []
    assert find(browser, ".flagged .none").is_displayed()


def test_keys_walk_the_flagged_sentences(browser: Chrome, tmp_path: Path) -> None:
    show(browser, harbour(), tmp_path)
    assert [press(browser, key) for key in "jjkjj"] == ["s2", "s5", "s2", "s5", "s7"]
    assert press(browser, Keys.ARROW_DOWN) == "s8"
    assert press(browser, "j") == "s8"  # the last
    assert press(browser, Keys.ARROW_UP, Keys.ARROW_UP) == "s5"
    assert press(browser, Keys.ARROW_LEFT) == "s4"
    assert press(browser, Keys.ARROW_RIGHT, Keys.ARROW_RIGHT) == "s6"
    find(browser, "[value=vague_source]").click()
    find(browser, "h1").click()
    assert press(browser, "j", "j") == "s8"


def test_a_link_in_the_list_leads_to_its_sentence(browser: Chrome, tmp_path: Path) -> None:
    show(browser, labelled([[(f"It {{may}} rain {number} times.", "S")] for number in range(80)]), tmp_path)
    link = find(browser, ".flagged a[href='#s70']")
    browser.execute_script("arguments[0].scrollIntoView()", link)
    link.click()
    assert browser.switch_to.active_element.get_attribute("id") == "s70"
    top = browser.execute_script("return document.getElementById('s70').getBoundingClientRect().top")
    assert 0 < top < DESKTOP[1]


def outlined(browser: Chrome) -> list[str]:
    return [str(element.get_attribute("id")) for element in browser.find_elements(By.CSS_SELECTOR, ".s.evidence")]


def test_a_finding_shows_its_sentences(browser: Chrome, tmp_path: Path) -> None:
    show(browser, one_sided(), tmp_path)
    assert outlined(browser) == []
    link = find(browser, ".findings a")
    ActionChains(browser).move_to_element(link).perform()
    assert outlined(browser) == ["s1", "s2", "s3", "s5"]
    ActionChains(browser).move_to_element(find(browser, ".statement")).perform()
    assert outlined(browser) == []
    browser.execute_script("arguments[0].focus()", link)
    assert press(browser, Keys.ENTER) == "s1"
    assert outlined(browser) == ["s1", "s2", "s3", "s5"]  # still, while they are read
    press(browser, Keys.ESCAPE)
    assert outlined(browser) == []


def test_the_rule_of_a_finding_opens_by_key(browser: Chrome, tmp_path: Path) -> None:
    show(browser, one_sided(), tmp_path)
    browser.execute_script("arguments[0].focus()", find(browser, ".findings summary"))
    press(browser, Keys.ENTER)
    assert "have the same one" in find(browser, ".findings details").text


def test_findings_without_script(browser: Chrome, tmp_path: Path) -> None:
    browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    try:
        show(browser, one_sided(), tmp_path)
        find(browser, ".findings a").click()
        assert browser.current_url.endswith("#s1")
        assert find(browser, "#s1").value_of_css_property("outline-style") == "solid"
    finally:
        browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})


def test_what_is_said_of_a_sentence(browser: Chrome, tmp_path: Path) -> None:
    show(browser, harbour(), tmp_path)
    card = find(browser, "#card")
    assert not card.is_displayed()
    press(browser, "j")
    assert card.text.splitlines() == [
        "attributed claim · vague source",
        "93 % sure",
        "Who",
        "two people familiar with the report: cannot be identified",
        "Why",
        "“according to”",
        "Means",
        "hands its main content to a source: a quotation, paraphrase, belief, promise or denial",
    ]
    press(browser, "j", "j")
    assert card.text.splitlines()[2:8] == [
        "Who",
        "nobody: the outlet’s own voice",
        "Why",
        "“a humiliation”",
        "Or else",
        "reported fact, 11 %",
    ]
    press(browser, Keys.ESCAPE)
    assert not card.is_displayed()


def test_hovering_shows_the_card_and_leaves_the_sentence_uncovered(browser: Chrome, tmp_path: Path) -> None:
    show(browser, harbour(), tmp_path)
    sentence, card = find(browser, "#s3 .t"), find(browser, "#card")
    ActionChains(browser).move_to_element(find(browser, "#s3 .source")).perform()
    assert "Piers Valdane" in card.text
    assert card.rect["y"] >= sentence.rect["y"] + sentence.rect["height"] or card.rect["y"] < sentence.rect["y"]
    ActionChains(browser).move_to_element(find(browser, ".statement")).perform()
    assert not card.is_displayed()


def downloaded(browser: Chrome, folder: Path, *names: str) -> list[str]:
    """What was downloaded under these names, once all of it is there: a browser makes the file before it fills it."""

    def whole(_: Chrome) -> bool:
        files = [folder / name for name in names]
        return all(file.exists() and file.stat().st_size for file in files) and not list(folder.glob("*.crdownload"))

    WebDriverWait(browser, SECONDS).until(whole)
    return [(folder / name).read_text(encoding="utf-8") for name in names]


def test_export(browser: Chrome, tmp_path: Path) -> None:
    article = harbour()
    browser.execute_cdp_cmd("Browser.setDownloadBehavior", {"behavior": "allow", "downloadPath": str(tmp_path)})
    show(browser, article, tmp_path)
    for kind in ("json", "csv", "note"):
        find(browser, f"[data-export={kind}]").click()
    exported, table, note = downloaded(browser, tmp_path, "onrecord.json", "onrecord.csv", "onrecord-note.txt")
    assert json.loads(exported) == article.records()
    assert table == to_csv(article)
    assert note.startswith("Harbour gates stood open\n\n2 of 10 sentences rest on nobody’s word, 2 more")
    assert "2. A frozen sensor might explain why no alarm went off.\n   (speculation, no source, 91 % sure)" in note


def test_an_exported_table_holds_no_formula(browser: Chrome, tmp_path: Path) -> None:
    browser.execute_cdp_cmd("Browser.setDownloadBehavior", {"behavior": "allow", "downloadPath": str(tmp_path)})
    show(browser, labelled([[('=HYPERLINK("http://evil.example")', "F")]]), tmp_path)
    find(browser, "[data-export=csv]").click()
    [table] = downloaded(browser, tmp_path, "onrecord.csv")
    assert ",\"'=HYPERLINK(" in table


def test_dark_mode(browser: Chrome, tmp_path: Path) -> None:
    show(browser, harbour(), tmp_path)
    color = "return getComputedStyle(document.body).backgroundColor"
    assert browser.execute_script(color) == "rgb(253, 252, 250)"
    look(browser, *DESKTOP, "dark")
    assert browser.execute_script(color) == "rgb(23, 25, 28)"


def test_phone(browser: Chrome, tmp_path: Path) -> None:
    look(browser, *PHONE)
    show(browser, harbour(), tmp_path)
    assert listed(browser) == ["s2", "s5", "s7", "s8"]
    assert find(browser, ".flagged").rect["y"] < PHONE[1] / 2
    find(browser, "#s5 .t").click()
    card = find(browser, "#card")
    assert "speculation · no source" in card.text
    assert (card.rect["x"], card.rect["width"]) == (0, PHONE[0])
    wide = browser.execute_script("return document.documentElement.scrollWidth")
    assert wide == PHONE[0]


def test_print_shows_the_article_without_controls(browser: Chrome, tmp_path: Path) -> None:
    show(browser, harbour(), tmp_path)
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
    shown = {
        name: find(browser, name).is_displayed() for name in ("article", ".statement", ".sources", ".flags", ".export")
    }
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": ""})
    assert shown == {"article": True, ".statement": True, ".sources": True, ".flags": False, ".export": False}


def test_a_thousand_sentences_are_interactive_within_a_second(browser: Chrome, tmp_path: Path) -> None:
    codes = ["F", "Cn", "S", "Cu", "O"]
    paragraphs = [
        [(f"[Somebody] {{said}} that number {number}-{line} of these was so.", codes[line]) for line in range(5)]
        for number in range(200)
    ]
    show(browser, labelled(paragraphs), tmp_path)
    timing = "const [entry] = performance.getEntriesByType('navigation'); return entry.domContentLoadedEventEnd"
    assert browser.execute_script(timing) < 1000
    filtering = "const start = performance.now(); document.querySelector('[value=unsourced]').click();"
    assert browser.execute_script(filtering + "document.body.offsetHeight; return performance.now() - start") < 1000
    assert counts(browser)[-1] == "400"


@pytest.mark.parametrize("attack", ATTACKS, ids=range(len(ATTACKS)))
def test_hostile_text_does_nothing_in_the_browser(browser: Chrome, tmp_path: Path, attack: str) -> None:
    look(browser, *PHONE)
    show(browser, everywhere(attack), tmp_path)  # an alert would make every further command fail
    elements = browser.execute_script("return document.querySelectorAll('*').length")
    press(browser, "j")
    assert find(browser, "#card").is_displayed()
    assert browser.execute_script("return document.documentElement.scrollWidth") == PHONE[0]
    show(browser, everywhere("harmless"), tmp_path)
    assert browser.execute_script("return document.querySelectorAll('*').length") >= elements


def test_the_policy_holds_against_injected_code(chromium: Chrome, tmp_path: Path) -> None:
    """What if text did become markup? Nothing of it may run or load."""
    show(chromium, harbour(), tmp_path)
    chromium.get_log("browser")
    chromium.execute_script(
        """
        window.ran = [];
        const script = document.createElement("script");
        script.textContent = "window.ran.push('inline')";
        document.body.append(script);
        document.body.insertAdjacentHTML("beforeend",
          `<img src="data:image/gif;base64,R0lGODlhAQABAAAAACw=" onload="ran.push('image')" onerror="ran.push('error')">
           <iframe srcdoc="<script>parent.ran.push('frame')</script>"></iframe>
           <a id="bait" href="javascript:ran.push('link')">bait</a><p id="styled" style="color: red">styled</p>`);
        document.getElementById("bait").click();
        """
    )
    refused = "Content Security Policy"
    WebDriverWait(chromium, SECONDS).until(lambda browser: len(logged(browser, refused)) >= 1)
    fetched = chromium.execute_async_script(
        "const done = arguments[0]; fetch('http://127.0.0.1:9/').then(() => done('yes'), (e) => done(String(e)))"
    )
    assert chromium.execute_script("return window.ran") == []
    assert "Failed to fetch" in fetched
    assert (
        chromium.execute_script("return getComputedStyle(document.getElementById('styled')).color") != "rgb(255, 0, 0)"
    )
    chromium.get_log("browser")


def logged(browser: Chrome, words: str) -> list[str]:
    return [entry["message"] for entry in browser.get_log("browser") if words in entry["message"]]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_axe_finds_nothing(browser: Chrome, tmp_path: Path, scheme: str, size: tuple[int, int]) -> None:
    look(browser, *size, scheme)
    show(browser, harbour(), tmp_path)
    assert violations(browser) == []
    press(browser, "j")
    for summary in browser.find_elements(By.CSS_SELECTOR, ".filters:not([open]) summary"):
        summary.click()
    assert violations(browser) == []
    show(browser, one_sided(), tmp_path)
    find(browser, ".findings summary").click()
    find(browser, ".findings a").click()
    assert violations(browser) == []


def violations(browser: Chrome) -> list[str]:
    """What axe-core objects to, by all its rules for WCAG up to 2.2 AA and its best practices."""
    browser.execute_script((files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8"))
    tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
    found = browser.execute_async_script(
        "const done = arguments[1]; axe.run({runOnly: arguments[0]}).then((result) => done(result.violations))", tags
    )
    return [f"{item['id']}: {node['html'][:200]} {node['failureSummary']}" for item in found for node in item["nodes"]]


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """The server, with a labeller that takes everything for speculation."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        app = make_app(Speculator(), allow_fetch=True)  # type: ignore[arg-type]
        server = uvicorn.Server(uvicorn.Config(app, log_level="warning"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/"
        server.should_exit = True
        thread.join()


def test_pasting_gives_the_page(browser: Chrome, address: str) -> None:
    browser.get(address)
    assert violations(browser) == []
    find(browser, "#text").send_keys("It may rain.\n\nIt may not.")
    find(browser, "button").click()
    WebDriverWait(browser, SECONDS).until(lambda _: listed(browser) == ["s0", "s1"])
    assert [block.text for block in browser.find_elements(By.CSS_SELECTOR, "article p .t")] == [
        "It may rain.",
        "It may not.",
    ]
    assert press(browser, "j") == "s0"  # the script runs under the headers, too


def test_choosing_a_file_gives_the_page(browser: Chrome, address: str, tmp_path: Path) -> None:
    (tmp_path / "rain.md").write_text("# Rain\n\nIt may rain.", encoding="utf-8")
    browser.get(address)
    find(browser, "#file").send_keys(str(tmp_path / "rain.md"))
    WebDriverWait(browser, SECONDS).until(lambda _: listed(browser) == ["s0", "s1"])
    assert find(browser, "article h1 .t").text == "Rain"


def test_dropping_a_file_gives_the_page(browser: Chrome, address: str) -> None:
    browser.get(address)
    browser.execute_script(
        """
        const dataTransfer = new DataTransfer();
        dataTransfer.items.add(new File(["It may rain."], "rain.txt", {type: "text/plain"}));
        const drop = new DragEvent("drop", {bubbles: true, cancelable: true, dataTransfer});
        document.querySelector("h1").dispatchEvent(drop);
        """
    )
    WebDriverWait(browser, SECONDS).until(lambda _: listed(browser) == ["s0"])


def test_what_is_wrong_is_said_above_the_form(browser: Chrome, address: str) -> None:
    browser.get(address)
    find(browser, "#url").send_keys("http://127.0.0.1:1/")
    find(browser, "button").click()
    alert = WebDriverWait(browser, SECONDS).until(lambda _: find(browser, "[role=alert]"))
    assert "only plain public addresses are fetched" in alert.text
    assert violations(browser) == []
    logged(browser, "400")  # the browser notes the status of the answer


def test_the_description_of_the_api(browser: Chrome, address: str) -> None:
    browser.get(f"{address}docs")
    assert violations(browser) == []
    assert "probabilities" in find(browser, "table").text
