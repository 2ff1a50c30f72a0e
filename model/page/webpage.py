"""A page of the web → the article on it: the text out of its HTML, and HTML from an address that may be visited.

Fetching is for addresses that strangers name: only http and https, only public addresses, checked after resolution
and anew for every redirect, and the connection goes to the very address that was checked.
"""

import http.client
import ipaddress
import re
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from urllib.parse import SplitResult, quote, urljoin, urlsplit

from onrecord.article import Article, decode
from onrecord.errors import InputError

FETCH_BYTES = 4 * 2**20
FETCH_SECONDS = 15.0
REDIRECTS = 5

_HEAD_BYTES = 4096
_CHARSET = re.compile(rb"<meta[^>]+charset=[\"']?\s*([\w-]+)", re.IGNORECASE)
_PORTS = {"http": 80, "https": 443}
_TEXT_TYPES = ("text/html", "application/xhtml+xml", "text/plain", "text/markdown")
_HTML_TYPES = _TEXT_TYPES[:2]
_OF_ADDRESSES = "!$%&'()*+,-./:;=?@_~[]"  # signs that stay as they are; letters such as "ö" and blanks do not
# Addresses that lead to an IPv4 address inside them: 6to4 and NAT64.
_TUNNELS = tuple(map(ipaddress.ip_network, ("2002::/16", "64:ff9b::/96")))


def decode_html(content: bytes, name: str = "input") -> str:
    """Decode a page: like other text, but if it is not UTF-8, what it says of itself decides."""
    declared = _CHARSET.search(content[:_HEAD_BYTES])
    if declared is not None and not _is_utf_8(content):
        with suppress(UnicodeDecodeError, LookupError):
            return content.decode(declared[1].decode("ascii"))
    return decode(content, name)


def _is_utf_8(content: bytes) -> bool:
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def read_html(markup: str, name: str | None = None) -> Article:
    """The main text of a web page, its title as the headline; menus, advertisements and comments are left out.

    :raises InputError: trafilatura is not installed, or the page holds no article.
    """
    try:
        from trafilatura import bare_extraction
    except ImportError:
        raise InputError(
            "reading HTML needs trafilatura: run pip install 'onrecord[html]', or give the article as plain text"
        ) from None
    document = bare_extraction(markup, include_comments=False, include_tables=False, with_metadata=True)
    if document is None or not document.text:
        raise InputError(f"{name or 'the page'} holds no article that could be found; give its text instead")
    return Article(document.text, document.title or None, name)


def read_content(content: bytes, name: str, is_html: bool) -> Article:
    """The article in the bytes of a page or of plain text.

    :raises InputError: they hold none, or are not text.
    """
    return read_html(decode_html(content, name), name) if is_html else Article(decode(content, name), None, name)


def fetch(url: str) -> Article:
    """Fetch a page and read the article on it.

    :raises InputError: the address may not be visited, or does not give a page of text in bounded size and time.
    """
    address = url.strip()
    for _ in range(REDIRECTS + 1):
        kind, content, location = _get(_checked(address))
        if location is None:
            return read_content(content, url, kind in _HTML_TYPES)
        address = urljoin(address, location)
    raise InputError(f"{url} redirects more than {REDIRECTS} times; give the address of the article itself")


def _checked(url: str) -> SplitResult:
    """The parts of an address that has the form of a public one."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise InputError(f"{url} is not an address; give one like https://example.org/article") from None
    if parts.scheme not in _PORTS or not parts.hostname:
        raise InputError(f"{url} is not an http or https address; give one like https://example.org/article")
    if parts.username is not None or port not in (None, _PORTS[parts.scheme]):
        raise InputError(f"{url} names a user or an unusual port; only plain public addresses are fetched")
    return parts


def public_address(host: str, port: int) -> str:
    """Resolve ``host`` to the address to connect to.

    :raises InputError: it does not resolve, or any of its addresses is not public.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise InputError(f"there is no host {host}; check the address") from None
    addresses = [str(entry[4][0]) for entry in found]
    if not addresses or not all(map(is_public, addresses)):
        raise InputError(f"{host} is not on the public internet; only public addresses are fetched")
    return addresses[0]


def is_public(address: str) -> bool:
    """Whether an IP address is one that anybody on the internet can reach."""
    try:
        parsed = ipaddress.ip_address(address)  # an IPv6 address with a zone is link-local and not global
    except ValueError:
        return False
    if isinstance(parsed, ipaddress.IPv6Address):
        if parsed.ipv4_mapped:
            return is_public(str(parsed.ipv4_mapped))
        if any(parsed in network for network in _TUNNELS):
            return False
    return parsed.is_global and not parsed.is_multicast


def _get(parts: SplitResult) -> tuple[str, bytes, str | None]:
    """One request: content type, content, and where it redirects to, if it does."""
    host, port = str(parts.hostname), _PORTS[parts.scheme]
    path = quote((parts.path or "/") + (f"?{parts.query}" if parts.query else ""), safe=_OF_ADDRESSES)
    address = public_address(host, port)
    connection = http.client.HTTPConnection(host, port)
    try:
        # Connected by hand: by now the name may resolve to another address than the one that was checked.
        with socket.create_connection((address, port), timeout=FETCH_SECONDS) as sock, _deadline(sock):
            is_secure = parts.scheme == "https"
            connection.sock = (
                ssl.create_default_context().wrap_socket(sock, server_hostname=host) if is_secure else sock
            )
            connection.request("GET", path, headers={"Accept": "text/html, text/plain", "User-Agent": "onrecord"})
            return _read(connection.getresponse(), host)
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise InputError(f"{host} could not be read ({error}); paste the text instead") from None
    finally:
        connection.close()


@contextmanager
def _deadline(sock: socket.socket) -> Iterator[None]:
    """Cut a connection after ``FETCH_SECONDS``, however slowly it drips.

    :raises TimeoutError: it had to be cut.
    """
    cut = threading.Event()

    def shut() -> None:
        cut.set()
        with suppress(OSError):  # closed meanwhile
            handle.shutdown(socket.SHUT_RDWR)

    timer = threading.Timer(FETCH_SECONDS, shut)
    with sock.dup() as handle:  # TLS takes the socket itself over
        timer.start()
        try:
            yield
        finally:
            timer.cancel()
            if cut.is_set():
                raise TimeoutError(f"no answer in {FETCH_SECONDS:.0f} seconds")


def _read(response: http.client.HTTPResponse, host: str) -> tuple[str, bytes, str | None]:
    kind = response.headers.get_content_type()
    if response.status in (301, 302, 303, 307, 308) and response.headers["Location"]:
        return kind, b"", response.headers["Location"]
    if response.status != 200:
        raise InputError(f"{host} answered {response.status} {response.reason}; check the address or paste the text")
    if kind not in _TEXT_TYPES:
        raise InputError(f"{host} gave {kind}, not a page of text; paste the text instead")
    content = response.read(FETCH_BYTES + 1)
    if len(content) > FETCH_BYTES:
        raise InputError(f"{host} gave more than {FETCH_BYTES // 2**20} MB; paste the text instead")
    return kind, content, None
