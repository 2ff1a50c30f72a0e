"""Labelling on a cluster with Ray Data: one model an actor, blocks streamed, a killed worker's blocks done again.

Where Ray finds the workers, how it reads and writes and on which filesystems is Ray's business; see its documentation.
"""

import sys
from collections.abc import Sequence
from typing import Any

import pyarrow
import ray.data
from ray.data import ActorPoolStrategy, Dataset, SaveMode

from onrecord.article import short_hash
from onrecord.batch.records import Columns, header_problem, item_of
from onrecord.batch.sinks import parquet_schema, records
from onrecord.batch.workers import label_items
from onrecord.errors import InputError
from onrecord.labeller import Labeller

REJECT = "reject"
"""The column that says why an article was rejected; null in the rows of all others."""


def label(
    dataset: Dataset,
    columns: Columns | None = None,
    per: str = "sentence",
    weights: str | None = None,
    workers: int | None = None,
    batch_size: int = 128,
) -> Dataset:
    """Label the articles in the rows of a dataset, lazily.

    :param columns: where the rows keep text, headline and id.
    :param per: what a row of the result is, ``"sentence"`` or ``"article"``, with the columns that ``onrecord batch``
        writes to Parquet and ``reject``. A rejected article has one row, with its name and the reason alone.
    :param weights: a folder that every worker sees, or a hub id; by default the weights that onrecord ships.
    :param workers: how many actors of one core each; by default as many as the cluster has room for.
    :param batch_size: articles that an actor is given at a time.
    """
    return dataset.map_batches(
        LabelActor,
        fn_constructor_kwargs={"columns": columns or Columns(), "per": per, "weights": weights},
        batch_format="pyarrow",
        batch_size=batch_size,
        compute=ActorPoolStrategy(size=workers) if workers else ActorPoolStrategy(min_size=1),
        num_cpus=1,
    )


def label_parquet(
    address: str,
    inputs: Sequence[str],
    output: str,
    columns: Columns,
    per: str,
    weights: str | None,
    overwrite: bool = False,
) -> int:
    """Label Parquet files on a cluster into a folder of Parquet files; return how many articles were rejected.

    :param address: of the cluster, as ``ray.init`` takes it: ``auto``, ``local``, ``ray://host:10001``.
    :param inputs: files or folders, on any filesystem that the workers reach, as is ``output``.
    :param overwrite: make the output anew if it exists.
    :raises InputError: there is no such cluster, the inputs cannot be read, or the output exists.
    """
    try:
        ray.init(address, ignore_reinit_error=True, log_to_driver=False)
        articles = ray.data.read_parquet(list(inputs))
    except (ConnectionError, OSError, ValueError) as error:
        raise InputError(f"cannot read {', '.join(inputs)} on the cluster {address}: {error}") from error
    problem = header_problem(articles.schema().names, columns)
    if problem:
        raise InputError(f"{', '.join(inputs)} {problem}")
    mode = SaveMode.OVERWRITE if overwrite else SaveMode.CREATE
    try:
        label(articles, columns, per, weights).write_parquet(output, mode=mode)
    except ValueError as error:
        if "already exists" not in str(error):
            raise
        raise InputError(f"{output} exists; name another folder or give --overwrite") from None
    name = _name_column(per)
    written = ray.data.read_parquet(output, columns=[name, REJECT])
    rejected = 0
    for row in written.filter(lambda row: row[REJECT] is not None).iter_rows():
        print(f"onrecord: {row[name]} {row[REJECT]}", file=sys.stderr)
        rejected += 1
    return rejected


def _name_column(per: str) -> str:
    return "article" if per == "sentence" else "id"


class LabelActor:
    """Holds a labeller in a worker."""

    def __init__(self, columns: Columns, per: str, weights: str | None) -> None:
        self._columns = columns
        self._per = per
        self._schema = parquet_schema(per).append(pyarrow.field(REJECT, pyarrow.string()))
        self._labeller = Labeller.from_pretrained(weights, threads=1)

    def __call__(self, table: pyarrow.Table) -> pyarrow.Table:
        """Label a batch."""
        items = [item_of(row, _name(row, self._columns), self._columns) for row in table.to_pylist()]
        _, rejects, rows = label_items(items, self._labeller, lambda articles: list(records(articles, self._per)))
        name = _name_column(self._per)
        rows += [{name: reject.article, REJECT: reject.reason} for reject in rejects]
        return pyarrow.Table.from_pylist(rows, self._schema)


def _name(row: dict[str, Any], columns: Columns) -> str:
    """What an article goes by: its id or, because blocks have no names, a hash of its text."""
    key = row.get(columns.id or "id")
    if key not in (None, ""):
        return str(key)
    return short_hash(str(row.get(columns.text or "text")))
