"""The local server: page, API, limits, and two hundred connections at once."""

import argparse
import asyncio
import http.client
import json
import re
import subprocess
import sys
import threading
from collections.abc import Iterator, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from articles import sentence
from starlette.testclient import TestClient

from onrecord.article import Article
from onrecord.errors import InputError
from onrecord.labelled import LabelledArticle
from onrecord.labeller import Labeller
from onrecord.page import gate, server
from onrecord.page.highlight import to_html
from onrecord.page.schema import Framing, Reply

TEXT = "Officials said the bridge is safe. It may reopen on Monday."
CONNECTIONS = 200


class Speculator:
    """Labels every sentence as speculation, without a network."""

    def label_article(self, article: Article) -> LabelledArticle:
        sentences = tuple(
            sentence(item.text, "S", index=index, start=item.start) for index, item in enumerate(article.sentences)
        )
        headline = sentence(article.headline, "F", index=-1) if article.headline else None
        return LabelledArticle(article.text, headline, sentences, article.id)


def client(allow_fetch: bool = False, local: bool = True, labeller: object = None) -> TestClient:
    app = server.make_app(labeller or Speculator(), allow_fetch, local)  # type: ignore[arg-type]
    return TestClient(app, base_url="http://localhost:8765")


def alert(html: str) -> str:
    return re.search(r'role="alert">(.*?)</p>', html)[1]  # type: ignore[index]


def test_the_page_served_is_the_page_of_the_file() -> None:
    response = client().post("/", data={"text": TEXT, "headline": "Bridge safe"})
    assert response.status_code == 200
    assert response.text == to_html(Speculator().label_article(Article(TEXT, "Bridge safe")))


@pytest.mark.parametrize(
    ("name", "content", "shown"),
    [
        ("a.txt", "Café “open”.".encode("cp1252"), "Café “open”."),
        ("a.md", b"# Title\n\nIt rained.", "It rained."),
        (
            "a.HTML",
            b"<html><body><article><p>" + b"It rained on the old town. " * 9 + b"</p></article>",
            "It rained on",
        ),
    ],
)
def test_a_file_is_read(name: str, content: bytes, shown: str) -> None:
    response = client().post("/", data={"text": ""}, files={"file": (name, content)})
    assert response.status_code == 200
    assert shown in response.text


def test_what_cannot_be_labelled_is_said_on_the_page() -> None:
    answers = [
        client().post("/", data={"text": " \n "}),
        client().post("/", files={"file": ("a.png", bytes(range(32)) * 20)}),
        client().post("/", data={"text": "One. " * (server.SENTENCES_AT_MOST + 1)}),
        client().post("/", data={"url": "https://example.org/"}),
        client(allow_fetch=True).post("/", data={"url": "http://127.0.0.1/<script>"}),
        client(allow_fetch=True).post("/", data={"url": "<script>"}),
    ]
    assert {answer.status_code for answer in answers} == {400}
    assert [alert(answer.text).partition(";")[0] for answer in answers] == [
        "there is no text to label",
        "a.png is not a text file",
        "the text has 5001 sentences, at most 5000 are labelled here",
        "addresses are not fetched here",
        "127.0.0.1 is not on the public internet",
        "&lt",
    ]


def test_addresses_are_asked_for_only_where_they_are_fetched() -> None:
    assert 'name="url"' not in client().get("/").text
    assert 'name="url"' in client(allow_fetch=True).get("/").text


def test_the_api_gives_the_documented_records() -> None:
    response = client().post("/api/label", json={"text": TEXT, "headline": "Bridge safe", "id": "a1"})
    labelled = Speculator().label_article(Article(TEXT, "Bridge safe", "a1"))
    assert response.json() == {
        "records": labelled.records(),
        "profile": labelled.profile.to_dict(),
        "framing": labelled.framing.to_dict(),
    }
    Reply.model_validate(response.json())
    reply = client().get("/openapi.json").json()["components"]["schemas"]["Reply"]
    assert set(reply["properties"]) == {"records", "profile", "framing"}


def test_the_api_gives_the_framing_of_an_article() -> None:
    text = " ".join(f"Bridge {number} may reopen on Monday." for number in range(12))
    framing = client().post("/api/label", json={"text": text, "headline": "Bridges reopen"}).json()["framing"]
    assert framing["profile"]["kind"] == "news_report"
    assert [finding["rule"] for finding in framing["findings"]].count("much_speculation") == 1
    Framing.model_validate(framing, extra="forbid")


def test_a_lone_surrogate_comes_back_as_it_was() -> None:
    response = client().post(
        "/api/label", content=rb'{"text": "\ud800 rained."}', headers={"Content-Type": "application/json"}
    )
    assert response.json()["records"][0]["text"] == "\ud800 rained."


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        (b"{", "JSON"),
        (b"[]", "body: "),
        (b"{}", "text: Field required"),
        (b'{"text": 1}', "text: Input should be a valid string"),
        (b'{"text": "a", "weights": "/x"}', "weights: Extra inputs are not permitted"),
    ],
)
def test_a_wrong_request_is_told_what_is_wrong(body: bytes, problem: str) -> None:
    response = client().post("/api/label", content=body, headers={"Content-Type": "application/json"})
    assert response.status_code == 422
    assert problem in response.json()["detail"]


def test_health_and_docs() -> None:
    assert client().get("/health").json()["status"] == "ok"
    docs = client().get("/docs").text
    for field in Speculator().label_article(Article(TEXT)).records()[0]:
        assert f"<code>{field}</code>" in docs
    assert client().get("/nothing").status_code == 404
    assert client().get("/api/label").status_code == 405


@pytest.mark.parametrize("path", ["/", "/docs"])
def test_pages_carry_a_strict_policy_and_no_outside_resource(path: str) -> None:
    response = client().get(path)
    assert response.headers["content-security-policy"] == "frame-ancestors 'none'"
    assert response.headers["x-content-type-options"] == "nosniff"
    policy = re.search(r'http-equiv="Content-Security-Policy" content="([^"]*)"', response.text)[1]  # type: ignore[index]
    assert policy.startswith("default-src 'none'; script-src 'sha256-")
    assert "unsafe" not in policy
    assert not re.findall(r'(?:src|href)="(?!/|#)', response.text)


def test_other_hosts_and_other_sites_are_refused() -> None:
    asked_as_other = client().get("/", headers={"Host": "evil.example"})
    posted_from_other = client().post("/api/label", json={"text": TEXT}, headers={"Origin": "http://evil.example"})
    posted_from_file = client().post("/api/label", json={"text": TEXT}, headers={"Origin": "null"})
    posted_from_here = client().post("/api/label", json={"text": TEXT}, headers={"Origin": "http://localhost:8765"})
    codes = [answer.status_code for answer in (asked_as_other, posted_from_other, posted_from_file, posted_from_here)]
    assert codes == [421, 403, 403, 200]
    assert client(local=False).get("/", headers={"Host": "newsroom.example"}).status_code == 200


def test_too_much_is_refused_whether_announced_or_not() -> None:
    announced = client().post("/api/label", content=b"x" * (gate.BODY_BYTES + 1))
    chunked = client().post("/api/label", content=iter([b"x" * gate.BODY_BYTES, b"x"]))
    assert [announced.status_code, chunked.status_code] == [413, 413]
    assert "split the text" in chunked.json()["detail"]


def test_an_article_that_takes_too_long_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "LABEL_SECONDS", 0.05)
    released = threading.Event()

    class Stuck(Speculator):
        def label_article(self, article: Article) -> LabelledArticle:
            released.wait(30)
            return super().label_article(article)

    stuck = client(labeller=Stuck())
    page, api = stuck.post("/", data={"text": TEXT}), stuck.post("/api/label", json={"text": TEXT})
    released.set()
    assert [page.status_code, api.status_code] == [503, 503]
    assert "took too long" in alert(page.text)
    assert "took too long" in api.json()["detail"]


def test_who_sends_nothing_is_dropped_and_who_waits_too_long_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gate, "REQUESTS_AT_ONCE", 1)
    monkeypatch.setattr(gate, "BODY_SECONDS", 0.5)
    monkeypatch.setattr(gate, "WAIT_SECONDS", 0.05)

    async def silent() -> dict[str, object]:
        await asyncio.Event().wait()
        return {}

    async def ask(app: gate.Gate) -> tuple[int, bytes]:
        sent: list[MutableMapping[str, Any]] = []

        async def send(message: MutableMapping[str, Any]) -> None:
            sent.append(message)

        await app({"type": "http", "method": "POST", "path": "/", "headers": []}, silent, send)
        return sent[0]["status"], sent[1]["body"]

    async def two() -> list[tuple[int, bytes]]:
        app = gate.Gate(server.make_app(Speculator()), None, {})  # type: ignore[arg-type]
        return await asyncio.gather(ask(app), ask(app))

    (first, problem), (second, advice) = asyncio.run(two())
    assert [first, second] == [408, 503]
    assert b"did not arrive" in problem
    assert b"try again" in advice


@pytest.mark.parametrize("header", [("Host", "["), ("Content-Length", "9" * 5000), ("Origin", "http://[")])
def test_headers_that_make_no_sense_are_refused(header: tuple[str, str]) -> None:
    response = client().post("/api/label", json={"text": TEXT}, headers=dict([header]))
    assert response.status_code in (403, 413, 421)


def test_a_port_in_use_is_said() -> None:
    with server._listen("127.0.0.1", 0) as listener:
        port = listener.getsockname()[1]
        with pytest.raises(InputError, match=f"cannot listen on 127.0.0.1:{port} .*name another --port"):
            server._listen("127.0.0.1", port)


def test_it_listens_on_this_machine_only_unless_told() -> None:
    parser = argparse.ArgumentParser()
    server.add_arguments(parser)
    arguments = parser.parse_args([])
    assert (arguments.host, arguments.allow_fetch) == ("127.0.0.1", False)


@pytest.fixture(scope="module")
def running() -> Iterator[tuple[int, int]]:
    """The real server with the shipped weights in a process of its own: its port and its process id."""
    command = [sys.executable, "-m", "onrecord.cli", "serve", "--port", "0", "--threads", "1"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr
        line = process.stderr.readline()
        try:
            yield int(re.search(r"http://127\.0\.0\.1:(\d+)/", line)[1]), process.pid  # type: ignore[index]
        finally:
            process.terminate()
            process.stderr.close()


def post(port: int, body: bytes, arrived: threading.Barrier | None = None) -> tuple[int, bytes]:
    """Post to the API on a connection of its own; with ``arrived``, not before all others are connected, too."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
    connection.connect()
    if arrived:
        arrived.wait(60)
    connection.request("POST", "/api/label", body, {"Content-Type": "application/json"})
    response = connection.getresponse()
    content = response.read()
    connection.close()
    return response.status, content


def at_once(port: int, bodies: list[bytes]) -> list[tuple[int, bytes]]:
    arrived = threading.Barrier(len(bodies))
    with ThreadPoolExecutor(len(bodies)) as threads:
        return list(threads.map(lambda body: post(port, body, arrived), bodies))


def test_two_hundred_connections_at_once_lose_nothing(running: tuple[int, int]) -> None:
    texts = [f"Officials said bridge {number} is safe. It may reopen on Monday." for number in range(CONNECTIONS)]
    answers = at_once(running[0], [json.dumps({"text": text}).encode() for text in texts])
    assert {status for status, _ in answers} == {200}
    for text, (_, content) in zip(texts, answers, strict=True):
        assert [record["text"] for record in json.loads(content)["records"]] == [
            item.text for item in Article(text).sentences
        ]


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="peak memory is read from Linux's /proc")
def test_two_hundred_large_requests_are_not_held_at_once(running: tuple[int, int]) -> None:
    port, process = running
    large = json.dumps({"text": 1, "padding": "x" * 900_000}).encode()  # refused, but only after it was read
    assert post(port, large)[0] == 422
    before = peak_memory(process)
    answers = at_once(port, [large] * CONNECTIONS)
    assert {status for status, _ in answers} == {422}
    assert peak_memory(process) - before < 100 * 2**20  # all of them together are 180 MB, and several times that parsed


def peak_memory(process: int) -> int:
    status = Path(f"/proc/{process}/status").read_text()
    return int(re.search(r"VmHWM:\s+(\d+) kB", status)[1]) * 1024  # type: ignore[index]


def test_the_shipped_weights_answer_in_the_documented_form(running: tuple[int, int]) -> None:
    status, content = post(running[0], json.dumps({"text": TEXT, "id": "bridge"}).encode())
    reply = Reply.model_validate_json(content)
    assert status == 200
    assert [record.text for record in reply.records] == [item.text for item in Article(TEXT).sentences]
    labelled = Labeller.from_pretrained(threads=1).label_article(Article(TEXT, None, "bridge"))
    assert json.loads(content)["records"] == labelled.records()
