"""What stands before the local server: who may ask, how much they may send, how many are let in at once."""

import asyncio
from collections.abc import Mapping, Sequence
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

BODY_BYTES = 2**20
REQUESTS_AT_ONCE = 16
WAIT_SECONDS = 120.0
BODY_SECONDS = 15.0


class _Refused(Exception):
    def __init__(self, status: int, detail: str) -> None:
        self.status = status
        self.detail = detail


class Gate:
    """ASGI middleware. A request with a body waits at its socket, unread, until one of ``REQUESTS_AT_ONCE`` places is
    free; then its body must come within ``BODY_SECONDS`` and ``BODY_BYTES``.

    :param hosts: names by which the server may be asked for, or ``None`` for any. Another name in ``Host`` is a web
        site that has itself resolved to this machine; another origin is a site that posts here from its own page.
    :param headers: added to every response.
    """

    def __init__(self, app: ASGIApp, hosts: Sequence[str] | None, headers: Mapping[str, str]) -> None:
        self._app = app
        self._hosts = hosts
        self._headers = headers
        self._places = asyncio.Semaphore(REQUESTS_AT_ONCE)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request, or say why not."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(self._headers)
            await send(message)

        try:
            self._check(scope["method"], Headers(scope=scope))
            if scope["method"] == "POST":
                await self._admit(scope, receive, send_with_headers)
            else:
                await self._app(scope, receive, send_with_headers)
        except _Refused as refused:
            headers = {"Connection": "close"} | ({"Retry-After": "30"} if refused.status == 503 else {})
            response = JSONResponse({"detail": refused.detail}, refused.status, headers)
            await response(scope, receive, send_with_headers)

    def _check(self, method: str, headers: Headers) -> None:
        host = headers.get("host", "")
        if self._hosts is not None and _name(host) not in self._hosts:
            raise _Refused(421, f"this server is not {host[:100]}; open the address that onrecord serve printed")
        origin = headers.get("origin")
        if method == "POST" and origin is not None and origin.partition("://")[2] != host:
            raise _Refused(403, "requests from the pages of other sites are not served")
        length = headers.get("content-length", "0")
        if not length.isdecimal() or len(length) > 9 or int(length) > BODY_BYTES:
            raise _Refused(413, f"at most {BODY_BYTES} bytes can be sent; split the text")

    async def _admit(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await asyncio.wait_for(self._places.acquire(), WAIT_SECONDS)
        except TimeoutError:
            raise _Refused(503, "too many articles are waiting; try again in a while") from None
        try:
            try:
                body = await asyncio.wait_for(_body(receive), BODY_SECONDS)
            except TimeoutError:
                raise _Refused(408, f"the request did not arrive within {BODY_SECONDS:.0f} seconds") from None
            if body is not None:  # else the client has gone
                await self._app(scope, _replay(body, receive), send)
        finally:
            self._places.release()


def _name(host: str) -> str | None:
    """The host of a ``Host`` header, without its port."""
    try:
        return urlsplit(f"//{host}").hostname
    except ValueError:
        return None


async def _body(receive: Receive) -> bytes | None:
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        body += message.get("body", b"")
        if len(body) > BODY_BYTES:
            raise _Refused(413, f"at most {BODY_BYTES} bytes can be sent; split the text")
        if not message.get("more_body", False):
            return bytes(body)


def _replay(body: bytes, receive: Receive) -> Receive:
    """A ``receive`` that gives the body that was read already, then what really comes."""
    messages: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def replayed() -> Message:
        return messages.pop() if messages else await receive()

    return replayed
