"""Blocks of input → blocks of output, in this process or in several, always in order."""

import multiprocessing
import os
import signal
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from typing import TypeVar

from onrecord.article import Article
from onrecord.batch.records import Reject
from onrecord.batch.sinks import Sink
from onrecord.batch.sources import Item, Page
from onrecord.errors import OnrecordError
from onrecord.labelled import LabelledArticle
from onrecord.labeller import Labeller

Encoded = TypeVar("Encoded")
Load = Callable[[], Labeller]
"""Makes the labeller, in whichever process it is to work."""


@dataclass(frozen=True, slots=True)
class Block:
    """Consecutive items of the input, and how many of its bytes are read with them."""

    items: list[Item]
    position: int


@dataclass(frozen=True, slots=True)
class LabelledBlock:
    """What a block has become.

    :ivar content: what is to be written for it.
    :ivar items: how many articles it held, ``rejects`` among them.
    :ivar sentences: how many sentences were labelled.
    :ivar position: how many bytes of the input are dealt with when it is.
    """

    content: bytes
    rejects: list[Reject]
    items: int
    sentences: int
    position: int


def label_here(blocks: Iterable[Block], load: Load, sink: Sink) -> Iterator[LabelledBlock]:
    """Label blocks in this process; the labeller's own threads share the cores."""
    labeller = load()
    for block in blocks:
        yield label_block(block, labeller, sink)


def label_in_workers(blocks: Iterable[Block], load: Load, sink: Sink, workers: int) -> Iterator[LabelledBlock]:
    """Label blocks in ``workers`` processes, at most two blocks to each at a time.

    :raises OnrecordError: a worker died.
    """
    pool = ProcessPoolExecutor(workers, multiprocessing.get_context("spawn"), _start_worker, (load, sink))
    under_way: deque[Future[LabelledBlock]] = deque()
    try:
        for block in blocks:
            under_way.append(pool.submit(_label_in_worker, block))
            if len(under_way) == 2 * workers:
                yield under_way.popleft().result()
        while under_way:
            yield under_way.popleft().result()
    except BrokenProcessPool:
        raise OnrecordError(
            "a worker process died, probably for want of memory; go on with --resume and fewer --workers"
        ) from None
    finally:
        pool.shutdown(cancel_futures=True)


def label_block(block: Block, labeller: Labeller, sink: Sink) -> LabelledBlock:
    """Label the articles of a block; what cannot be read or labelled is rejected, the rest goes on."""
    labelled, rejects, content = label_items(block.items, labeller, sink.encode)
    sentences = sum(len(article.sentences) for article in labelled)
    return LabelledBlock(content, rejects, len(block.items), sentences, block.position)


def label_items(
    items: Sequence[Item], labeller: Labeller, encode: Callable[[Iterable[LabelledArticle]], Encoded]
) -> tuple[list[LabelledArticle], list[Reject], Encoded]:
    """Items, labelled as far as they can be; those that cannot be read, labelled or encoded; the former, encoded."""
    opened = [_open_page(item) if isinstance(item, Page) else item for item in items]
    articles = [item for item in opened if not isinstance(item, Reject)]
    rejects = [item for item in opened if isinstance(item, Reject)]
    try:
        labelled = list(labeller.label_articles(articles))
        return labelled, rejects, encode(labelled)
    except Exception:  # one of them is at fault; which one?
        outcomes = [_label_one(article, labeller, encode) for article in articles]
    labelled = [outcome for outcome in outcomes if not isinstance(outcome, Reject)]
    rejects += [outcome for outcome in outcomes if isinstance(outcome, Reject)]
    return labelled, rejects, encode(labelled)


def _open_page(page: Page) -> Article | Reject:
    try:
        return page.article()
    except Exception as error:  # a page of the open web can be anything
        return Reject(page.name, str(error) or type(error).__name__)


def _label_one(
    article: Article, labeller: Labeller, encode: Callable[[Iterable[LabelledArticle]], object]
) -> LabelledArticle | Reject:
    try:
        labelled = labeller.label_article(article)
        encode([labelled])  # where its framing is worked out
        return labelled
    except Exception as error:
        return Reject(str(article.id), f"cannot be labelled: {type(error).__name__}: {error}")


_labeller: Labeller
_sink: Sink


def _start_worker(load: Load, sink: Sink) -> None:
    global _labeller, _sink
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent is interrupted too, and ends its workers
    threading.Thread(target=_end_with_parent, daemon=True).start()
    os.environ["TOKENIZERS_PARALLELISM"] = "false"  # else every worker tokenizes with a thread for every core
    _labeller, _sink = load(), sink


def _end_with_parent() -> None:
    """A parent that is killed cannot end its workers, and they would wait for it for ever."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
    os._exit(1)


def _label_in_worker(block: Block) -> LabelledBlock:
    return label_block(block, _labeller, _sink)
