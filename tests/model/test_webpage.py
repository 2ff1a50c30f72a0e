"""Reading web pages: the text out of HTML, and fetching only what may be fetched, within bounds."""

import http.server
import socket
import threading
from collections.abc import Iterator
from typing import ClassVar

import pytest

from onrecord.errors import InputError
from onrecord.page import webpage

PARAGRAPH = "The storm barrier stood open for almost five hours while the river rose through the old town. "
HTML = f"""<html><head><title>Gates stood open</title></head><body><nav><a href="/">Home</a> <a href="/x">More</a></nav>
<article><h1>Gates stood open</h1><p>{PARAGRAPH * 3}</p><p>It may be closed again on Monday. {PARAGRAPH}</p></article>
</body></html>"""


class Site(http.server.BaseHTTPRequestHandler):
    """A small web site with good and bad pages."""

    asked: ClassVar[list[str]] = []
    stop = threading.Event()

    def do_GET(self) -> None:
        Site.asked.append(self.path)
        if self.path.startswith("/to"):
            self.send_response(302)
            self.send_header("Location", self.path.removeprefix("/to?"))
            self.end_headers()
        elif self.path == "/drip":  # the head comes, the body does not
            self._start("text/html")
            self.wfile.flush()
            Site.stop.wait(20)
        elif self.path == "/missing":
            self.send_error(404)
        else:
            pages = {"/html": ("text/html", HTML), "/text": ("text/plain; charset=utf-8", "It rained. “So what?”")}
            pages["/K%C3%B6ln%20a%2Fb?q=%E2%80%9Cx"] = ("text/plain", "It snowed.")
            pages |= {"/picture": ("image/png", "x"), "/big": ("text/html", "x" * (webpage.FETCH_BYTES + 1))}
            kind, content = pages[self.path]
            self._start(kind)
            self.wfile.write(content.encode())

    def _start(self, kind: str) -> None:
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.end_headers()

    def log_message(self, *arguments: object) -> None:
        """Say nothing."""


@pytest.fixture
def site(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The site's address, with this machine and its port taken for public ones."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Site)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    Site.asked.clear()
    Site.stop.clear()
    monkeypatch.setattr(webpage, "is_public", lambda address: address == "127.0.0.1")
    monkeypatch.setattr(webpage, "_PORTS", {"http": server.server_port, "https": 443})
    yield f"http://127.0.0.1:{server.server_port}"
    Site.stop.set()
    server.shutdown()
    thread.join()
    server.server_close()


def test_html_gives_its_article_and_title() -> None:
    article = webpage.read_html(HTML, "gates.html")
    assert article.headline == "Gates stood open"
    assert "It may be closed again on Monday." in article.text
    assert "Home" not in article.text


def test_html_without_an_article_is_refused() -> None:
    with pytest.raises(InputError, match=r"empty\.html holds no article"):
        webpage.read_html("<html><body></body></html>", "empty.html")


def test_pages_and_plain_texts_are_fetched(site: str) -> None:
    assert webpage.fetch(f"{site}/html").headline == "Gates stood open"
    assert webpage.fetch(f" {site}/text ").text == "It rained. “So what?”"
    assert webpage.fetch(f"{site}/to?/to?/text").text == "It rained. “So what?”"


def test_an_address_as_people_write_it_is_fetched(site: str) -> None:
    assert webpage.fetch(f"{site}/Köln a%2Fb?q=“x").text == "It snowed."


@pytest.mark.parametrize(
    ("path", "problem"),
    [
        ("/missing", "answered 404"),
        ("/picture", "gave image/png"),
        ("/big", "gave more than 4 MB"),
        ("/to?http://169.254.169.254/meta", "not on the public internet"),
        ("/to?http://127.0.0.1:22/", "unusual port"),
        ("/to?file:///etc/passwd", "not an http or https address"),
        ("/to?//user@127.0.0.1/", "names a user"),
    ],
)
def test_bad_answers_are_refused(site: str, path: str, problem: str) -> None:
    with pytest.raises(InputError, match=problem):
        webpage.fetch(site + path)


def test_redirects_end(site: str) -> None:
    with pytest.raises(InputError, match="redirects more than 5 times"):
        webpage.fetch(f"{site}/to?" + "/to?" * 9 + "/text")
    assert len(Site.asked) == 6


def test_a_redirect_to_a_private_address_is_not_followed(site: str) -> None:
    port = site.rpartition(":")[2]
    with pytest.raises(InputError, match=r"127\.0\.0\.2 is not on the public internet"):
        webpage.fetch(f"{site}/to?http://127.0.0.2:{port}/text")


def test_a_page_that_drips_is_cut_off(site: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(webpage, "FETCH_SECONDS", 0.2)
    with pytest.raises(InputError, match="no answer in 0 seconds"):
        webpage.fetch(f"{site}/drip")
    assert not Site.stop.is_set()


def test_the_connection_goes_to_the_address_that_was_checked(site: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A name server that answers otherwise the second time gains nothing."""
    answers = iter(["127.0.0.1", "10.0.0.1"])
    entry = (socket.AF_INET, socket.SOCK_STREAM, 6, "")
    port = int(site.rpartition(":")[2])

    def resolve(host: str, *_: object, **__: object) -> list[object]:
        return [(*entry, (next(answers) if host == "news.example" else host, port))]

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    assert webpage.fetch(f"http://news.example:{port}/text").text == "It rained. “So what?”"
    with pytest.raises(InputError, match=r"news\.example is not on the public internet"):
        webpage.fetch(f"http://news.example:{port}/text")


def test_one_private_address_among_public_ones_is_enough_to_refuse(monkeypatch: pytest.MonkeyPatch) -> None:
    entries = [(2, 1, 6, "", (address, 80)) for address in ("93.184.215.14", "192.168.0.1")]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: entries)
    with pytest.raises(InputError, match="not on the public internet"):
        webpage.public_address("news.example", 80)


@pytest.mark.parametrize("address", ["93.184.215.14", "2606:2800:21f:cb07:6820:80da:af6b:8b2c"])
def test_public_addresses(address: str) -> None:
    assert webpage.is_public(address)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.0",
        "224.0.0.1",
        "255.255.255.255",
        "::1",
        "::",
        "fe80::1",
        "fe80::1%eth0",
        "fc00::1",
        "ff02::1",
        "::ffff:10.0.0.1",
        "::ffff:127.0.0.1",
        "2002:7f00:1::",
        "64:ff9b::a00:1",
        "nonsense",
    ],
)
def test_addresses_that_are_not_public(address: str) -> None:
    assert not webpage.is_public(address)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "example.org",
        "ftp://example.org/",
        "file:///etc/passwd",
        "javascript:alert(1)",
        "http://",
        "http://[::1",
        "http://a:b",
    ],
)
def test_what_is_no_address_is_refused(url: str) -> None:
    with pytest.raises(InputError, match="is not an"):
        webpage.fetch(url)
