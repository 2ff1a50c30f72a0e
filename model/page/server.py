"""The local page and its JSON API: paste, drop or name an article, get the page of ``highlight``.

What comes in is bounded in size, number and time (here and in ``gate``), so memory is, too.
"""

import argparse
import asyncio
import json
import socket
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from html import escape
from typing import Any

import uvicorn
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, JSONResponse
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException

import onrecord
from onrecord.article import HTML_SUFFIXES, Article
from onrecord.errors import InputError, OnrecordError
from onrecord.labelled import LabelledArticle
from onrecord.labeller import Labeller
from onrecord.page.gate import BODY_BYTES, Gate
from onrecord.page.highlight import fill, to_html
from onrecord.page.schema import Record, Refusal, Reply, Text
from onrecord.page.webpage import fetch, read_content
from onrecord.reading import visible

ARTICLES_AT_ONCE = 2
SENTENCES_AT_MOST = 5000
LABEL_SECONDS = 60.0
CONNECTIONS = 512
_LOCAL = ("127.0.0.1", "localhost", "::1")
_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cache-Control": "no-store",
    "Content-Security-Policy": "frame-ancestors 'none'",  # the pages carry the rest of the policy themselves
}


@dataclass(frozen=True, slots=True)
class Sent:
    """What the form of the start page sends; the first of ``url``, ``file`` and ``text`` that is not empty counts."""

    text: str
    headline: str
    url: str
    file: bytes
    name: str

    @classmethod
    async def of(cls, request: Request) -> "Sent":
        """Read the form of a request."""
        async with request.form(max_files=1, max_fields=8, max_part_size=BODY_BYTES) as form:
            fields = {name: value for name, value in form.items() if isinstance(value, str)}
            file = form.get("file")
            content, name = (await file.read(), file.filename or "") if isinstance(file, UploadFile) else (b"", "")
        return cls(fields.get("text", ""), fields.get("headline", ""), fields.get("url", ""), content, name)

    def article(self, allow_fetch: bool) -> Article:
        """The article that was sent.

        :raises InputError: it cannot be fetched or read.
        """
        headline = self.headline.strip() or None
        if self.url.strip():
            if not allow_fetch:
                raise InputError(
                    "addresses are not fetched here; start onrecord serve with --allow-fetch, or paste the text"
                )
            article = fetch(self.url)
        elif self.file:
            article = read_content(self.file, self.name, self.name.lower().endswith(HTML_SUFFIXES))
        else:
            article = Article(self.text.replace("\r\n", "\n"))  # forms send every line break as two characters
        return replace(article, headline=headline) if headline else article


class Bench:
    """Labels articles in threads of its own, no more than ``ARTICLES_AT_ONCE`` at a time and each in bounded time."""

    def __init__(self, labeller: Labeller) -> None:
        self._labeller = labeller
        self._threads = ThreadPoolExecutor(ARTICLES_AT_ONCE, thread_name_prefix="label")

    async def run(self, work: Callable[[Labeller], Any]) -> Any:
        """Await ``work(labeller)``; give up work that takes too long (its thread goes on, and stays taken, to its end).

        :raises HTTPException: 503 after ``LABEL_SECONDS``.
        """
        future = asyncio.get_running_loop().run_in_executor(self._threads, work, self._labeller)
        try:
            return await asyncio.wait_for(future, LABEL_SECONDS)
        except TimeoutError:
            raise HTTPException(503, "labelling took too long; try again, or send a shorter text") from None


def label_bounded(labeller: Labeller, article: Article) -> LabelledArticle:
    """Label an article of a length that a page can show.

    :raises InputError: it is empty, or has more than ``SENTENCES_AT_MOST`` sentences.
    """
    count = len(article.sentences)
    if not count:
        raise InputError("there is no text to label; paste an article, or drop a file")
    if count > SENTENCES_AT_MOST:
        raise InputError(f"the text has {count} sentences, at most {SENTENCES_AT_MOST} are labelled here; split it")
    return labeller.label_article(article)


def make_app(labeller: Labeller, allow_fetch: bool = False, local: bool = True) -> FastAPI:
    """The application. ``local``: answer only requests that name this machine, so that no other site can reach it."""
    app = FastAPI(title="onrecord", version=onrecord.__version__, docs_url=None, redoc_url=None)
    app.add_middleware(Gate, hosts=_LOCAL if local else None, headers=_HEADERS)
    bench = Bench(labeller)

    @app.get("/", response_class=HTMLResponse, include_in_schema=False)
    async def start() -> str:
        return start_page(allow_fetch)

    @app.post("/", include_in_schema=False)
    async def page(request: Request) -> HTMLResponse:
        try:
            sent = await Sent.of(request)
            return HTMLResponse(
                await bench.run(lambda labeller: to_html(label_bounded(labeller, sent.article(allow_fetch))))
            )
        except OnrecordError as error:
            return HTMLResponse(start_page(allow_fetch, str(error)), 400)
        except HTTPException as error:
            return HTMLResponse(start_page(allow_fetch, error.detail), error.status_code)

    @app.post("/api/label", response_model=Reply, responses={code: {"model": Refusal} for code in (400, 413, 422, 503)})
    async def label(text: Text) -> Response:
        """Label an article: one record a sentence."""
        article = Article(text.text, text.headline, text.id)
        reply = await bench.run(lambda labeller: _reply(label_bounded(labeller, article)))
        return Response(json.dumps(reply), media_type="application/json")  # ASCII: text may hold lone surrogates

    @app.get("/health")
    async def health() -> dict[str, str]:
        """Whether the server runs."""
        return {"status": "ok", "version": onrecord.__version__}

    @app.get("/docs", response_class=HTMLResponse, include_in_schema=False)
    async def docs() -> str:
        return docs_page()

    @app.exception_handler(OnrecordError)
    async def refuse(request: Request, error: OnrecordError) -> JSONResponse:
        return JSONResponse({"detail": str(error)}, 400)

    @app.exception_handler(RequestValidationError)
    async def explain(request: Request, error: RequestValidationError) -> JSONResponse:
        problems = (
            f"{'.'.join(map(str, problem['loc'][1:])) or 'body'}: {problem['msg']}" for problem in error.errors()
        )
        return JSONResponse({"detail": f"{'; '.join(problems)}; see /docs for what to send"}, 422)

    return app


def _reply(article: LabelledArticle) -> dict[str, Any]:
    return {
        "records": article.records(),
        "profile": article.profile.to_dict(),
        "framing": article.framing.to_dict(),
    }


def start_page(allow_fetch: bool, problem: str = "") -> str:
    """The form to send an article with, and what was wrong with the last one."""
    url = (
        '<p><label for="url">or its address</label>\n'
        '<input id="url" name="url" type="url" placeholder="https://" autocomplete="off"></p>'
    )
    alert = f'<p class="problem" role="alert">{escape(visible(problem))}</p>' if problem else ""
    return fill("start.html", "start.css", "start.js", form_action="'self'", url=url * allow_fetch, problem=alert)


def docs_page() -> str:
    """How to call the API: an example, and the fields of a record."""
    rows = (
        f"<tr><th scope=row><code>{name}</code></th><td>{escape(field.description or '')}</td></tr>"
        for name, field in Record.model_fields.items()
    )
    return fill("docs.html", "start.css", None, form_action="'none'", fields="\n".join(rows))


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of ``onrecord serve``."""
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: this machine only)")
    parser.add_argument("--port", type=int, default=8765, help="port to listen on, 0 for any free one (default: 8765)")
    parser.add_argument("--allow-fetch", action="store_true", help="let the page fetch public web addresses")
    parser.add_argument("--weights", metavar="FOLDER", help="a folder of weights or a hub id (default: the shipped)")
    parser.add_argument("--threads", type=int, metavar="N", help="cores to use (default: all)")


def run(arguments: argparse.Namespace) -> int:
    """Serve until interrupted."""
    labeller = Labeller.from_pretrained(arguments.weights, threads=arguments.threads)
    app = make_app(labeller, arguments.allow_fetch, local=arguments.host in _LOCAL)
    config = uvicorn.Config(app, log_level="warning", limit_concurrency=CONNECTIONS, server_header=False)
    with _listen(arguments.host, arguments.port) as listener:
        host = f"[{arguments.host}]" if ":" in arguments.host else arguments.host
        print(f"onrecord: http://{host}:{listener.getsockname()[1]}/ (Ctrl-C to stop)", file=sys.stderr, flush=True)
        uvicorn.Server(config).run(sockets=[listener])
    return 0


def _listen(host: str, port: int) -> socket.socket:
    try:
        family = socket.getaddrinfo(host, port)[0][0]
        return socket.create_server((host, port), family=family, backlog=CONNECTIONS)
    except (OSError, OverflowError) as error:
        raise InputError(f"cannot listen on {host}:{port} ({error}); name another --port or --host") from None
