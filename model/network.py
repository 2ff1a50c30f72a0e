"""The network: a BERT-shaped encoder and its heads, in torch. Training, export and the torch engine import it.

One forward pass gives, for every sentence of every window, label and sourcing scores and whether it carries the
headline's claim, and for every run of tokens how well it would do as the source and as the cue.
"""

import math
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn.functional import binary_cross_entropy_with_logits, gelu
from transformers import BertConfig, BertModel, BertPreTrainedModel
from transformers.utils import ModelOutput

from onrecord.errors import InputError
from onrecord.labels import DRIFTS, LABELS, SOURCINGS, SPANS, TOKEN_CLASSES

_SPAN_STATES = 32  # numbers that the span head keeps of each token's states
SPAN_REACH = 2  # tokens on either side that it compares a token with
_SPAN_UNITS = 64


@dataclass
class NetworkOutput(ModelOutput):
    """Scores before softmax.

    *Shapes:* ``label_logits`` (window, piece, 5), ``sourcing_logits`` (window, piece, 3), ``token_logits`` (window,
    token, 3), ``span_logits`` (window, token, 12), see ``SpanHead``; ``claim_logits`` (window, piece, 1), which mean
    something where the window's first piece is the headline, and ``drift_logits`` (window, piece, 3), where the
    piece carries its claim; ``loss`` is a scalar, present if targets were given. While training there are no
    ``span_logits``.
    """

    loss: Tensor | None = None
    label_logits: Tensor | None = None
    sourcing_logits: Tensor | None = None
    token_logits: Tensor | None = None
    span_logits: Tensor | None = None
    claim_logits: Tensor | None = None
    drift_logits: Tensor | None = None


class SourcingConfig(BertConfig):
    """A BERT encoder's configuration, the names of the labels, and what the heads count for in the loss.

    :ivar span_weight: of ``token_head``; ``span_head`` has no part in the loss.
    :ivar attention_size: numbers that all heads of a layer look at; less than the hidden size where heads were cut off,
        0 where none were.
    :ivar relative_attention_buckets: distances between tokens that attention tells apart, beside BERT's absolute
        positions; 0, as in BERT, for none.
    """

    model_type = "onrecord"
    sourcing_weight: float = 0.5
    span_weight: float = 1.0
    claim_weight: float = 0.5
    attention_size: int = 0
    relative_attention_buckets: int = 0

    @property
    def head_size(self) -> int:
        """Numbers that one attention head looks at."""
        return int(self.hidden_size // self.num_attention_heads)


class SpanHead(nn.Module):
    """Scores of runs of tokens, one for each kind in ``SPANS``, from the states of the two layers before the last.

    A run scores what its first token is worth as a start, its last as an end and all of them as parts; that of no run
    is 0. Softmax over all runs of a sentence gives their probabilities, so that a boundary is judged by the other one
    (Lee et al., 2016, https://arxiv.org/abs/1611.01436). It is fitted last (``training/span_head.py``): until then
    ``token_head`` teaches the states what belongs to a span.
    """

    def __init__(self, hidden_size: int) -> None:
        super().__init__()
        self.states = nn.Linear(2 * hidden_size, _SPAN_STATES)
        self.neighbours = nn.Conv1d(_SPAN_STATES, _SPAN_UNITS, 2 * SPAN_REACH + 1, padding=SPAN_REACH)
        self.scores = nn.Linear(_SPAN_UNITS, 3 * len(SPANS))

    def forward(self, states: Tensor, present: Tensor) -> Tensor:
        """What each token is worth as start, end and part of a span of each kind.

        *Shapes:* ``states`` (window, token, 2 hidden), of the two layers before the last, ``present`` (window, token),
        0 for padding → (window, token, 12), of each kind three.
        """
        kept = self.states(states) * present.unsqueeze(-1)
        return self.scores(gelu(self.neighbours(kept.transpose(-1, -2)).transpose(-1, -2)))


class SourcingNetwork(BertPreTrainedModel):
    """Labels, sourcing and spans of the sentences of a window, which carry the headline's claim, and in which drift.

    ``SourcingNetwork.from_pretrained`` starts from any BERT-shaped encoder of two layers or more (heads new) or from a
    saved network.

    :raises InputError: the encoder has a single layer.
    """

    config_class = SourcingConfig
    config: SourcingConfig

    def __init__(self, config: SourcingConfig) -> None:
        config.id2label = {number: label.value for number, label in enumerate(LABELS)}
        config.label2id = {label.value: number for number, label in enumerate(LABELS)}
        if config.num_hidden_layers < 2:
            raise InputError("an encoder of a single layer has none to read spans from; take one of two layers or more")
        super().__init__(config)
        self.bert = BertModel(config, add_pooling_layer=False)
        if config.attention_size:
            _narrow_attention(self.bert, config)
        if config.relative_attention_buckets:
            self.relative_attention_bias = nn.Embedding(config.relative_attention_buckets, config.num_attention_heads)
        self.dropout = nn.Dropout(config.hidden_dropout_prob)
        self.label_head = nn.Linear(2 * config.hidden_size, len(LABELS))
        self.sourcing_head = nn.Linear(2 * config.hidden_size, len(SOURCINGS))
        self.token_head = nn.Linear(config.hidden_size, len(TOKEN_CLASSES))
        self.span_head = SpanHead(config.hidden_size)
        self.claim_head = nn.Linear(3 * config.hidden_size, 1)
        self.drift_head = nn.Linear(3 * config.hidden_size, len(DRIFTS))
        self.post_init()

    def forward(
        self,
        input_ids: Tensor,
        attention_mask: Tensor,
        token_type_ids: Tensor,
        starts: Tensor,
        ends: Tensor,
        label_targets: Tensor | None = None,
        sourcing_targets: Tensor | None = None,
        token_targets: Tensor | None = None,
        claim_targets: Tensor | None = None,
        drift_targets: Tensor | None = None,
    ) -> NetworkOutput:
        """Score a batch of windows, as ``WindowPacker.collate`` makes it.

        :param input_ids: with ``attention_mask`` and ``token_type_ids``: *shape* (window, token).
        :param starts: with ``ends``: token positions of every piece's first token and of the ``[SEP]`` that closes
            it. *Shape* (window, piece).
        :param label_targets: a distribution times the sentence's weight; zeros where there is nothing to learn.
            *Shape* (window, piece, 5); ``sourcing_targets`` likewise (window, piece, 3).
        :param token_targets: a distribution, zeros where there is nothing to learn. *Shape* (window, token, 3).
        :param claim_targets: 1 for a piece that carries the claim of the headline, 0 for one that does not, -1 where
            there is nothing to learn. *Shape* (window, piece).
        :param drift_targets: a distribution for a piece that carries the claim of the headline, zeros for others.
            *Shape* (window, piece, 3).
        """
        mask = self._biased(attention_mask) if self.config.relative_attention_buckets else attention_mask
        layers = self.bert(
            input_ids, attention_mask=mask, token_type_ids=token_type_ids, output_hidden_states=True
        ).hidden_states
        states = self.dropout(layers[-1])
        pieces = sentence_states(states, starts, ends)
        label_logits, sourcing_logits = self.label_head(pieces), self.sourcing_head(pieces)
        token_logits = self.token_head(states)
        span_logits = None  # no stage trains it with the rest
        if not self.training:
            span_logits = self.span_head(torch.cat(layers[-3:-1], dim=-1), attention_mask)
        means = pieces[..., : self.config.hidden_size]
        compared = torch.cat((pieces, means * means[:, :1]), dim=-1)
        claim_logits, drift_logits = self.claim_head(compared), self.drift_head(compared)
        loss = None
        if label_targets is not None and sourcing_targets is not None and token_targets is not None:
            loss = (
                soft_cross_entropy(label_logits, label_targets)
                + self.config.sourcing_weight * soft_cross_entropy(sourcing_logits, sourcing_targets)
                + self.config.span_weight * soft_cross_entropy(token_logits, token_targets)
            )
            if claim_targets is not None and drift_targets is not None:
                loss = loss + self.config.claim_weight * (
                    _cross_entropy_where_known(claim_logits, claim_targets)
                    + soft_cross_entropy(drift_logits, drift_targets)
                )
        return NetworkOutput(loss, label_logits, sourcing_logits, token_logits, span_logits, claim_logits, drift_logits)

    def _biased(self, attention_mask: Tensor) -> Tensor:
        """What is added to all layers' attention scores. *Shapes:* (window, token) → (window, head, token, token)."""
        buckets = relative_buckets(attention_mask.shape[1], self.config.relative_attention_buckets)
        bias = self.relative_attention_bias(buckets.to(attention_mask.device)).permute(2, 0, 1)
        padding = (1.0 - attention_mask[:, None, None, :].to(bias.dtype)) * torch.finfo(bias.dtype).min
        return bias + padding


def _narrow_attention(encoder: BertModel, config: SourcingConfig) -> None:
    """Give every layer projections to and from fewer heads, each of the size that it had."""
    for layer in encoder.encoder.layer:
        attention = layer.attention
        for name in ("query", "key", "value"):
            setattr(attention.self, name, nn.Linear(config.hidden_size, config.attention_size))
        attention.output.dense = nn.Linear(config.attention_size, config.hidden_size)


def sentence_states(states: Tensor, starts: Tensor, ends: Tensor) -> Tensor:
    """Represent each piece as the mean of its tokens beside its ``[SEP]``.

    *Shapes:* ``states`` (window, token, hidden), ``starts`` and ``ends`` (window, piece) → (window, piece, 2 hidden).
    """
    positions = torch.arange(states.shape[1], device=states.device)
    member = (positions >= starts.unsqueeze(-1)) & (positions < ends.unsqueeze(-1))
    member = member.to(states.dtype)
    mean = (member @ states) / member.sum(-1, keepdim=True).clamp(min=1)
    separator = states.gather(1, ends.unsqueeze(-1).expand(-1, -1, states.shape[-1]))
    return torch.cat((mean, separator), dim=-1)


def relative_buckets(tokens: int, buckets: int, farthest: int = 128) -> Tensor:
    """The bucket of the distance from each token to each other one; far ones share (Raffel et al., 2020, "T5").

    *Shape:* (token, token): of the token that attends, of the token attended to.
    """
    positions = torch.arange(tokens)
    distance = positions - positions[:, None]
    half = buckets // 2
    exact = half // 2
    scale = (half - exact) / math.log(farthest / exact)
    far = exact + (torch.log(distance.abs().clamp(min=1) / exact) * scale).long()
    return (distance > 0) * half + torch.where(distance.abs() < exact, distance.abs(), far.clamp(max=half - 1))


def soft_cross_entropy(logits: Tensor, targets: Tensor) -> Tensor:
    """Weighted mean cross-entropy against distributions. *Shapes:* both (…, class)."""
    loss = -(targets * logits.float().log_softmax(-1)).sum()
    return loss / targets.sum().clamp(min=1e-6)


def _cross_entropy_where_known(logits: Tensor, targets: Tensor) -> Tensor:
    """Mean binary cross-entropy over targets that are not negative. *Shapes:* (window, piece, 1), (window, piece)."""
    known = (targets >= 0).float()
    losses = binary_cross_entropy_with_logits(logits.float().squeeze(-1), targets.clamp(min=0), known, reduction="sum")
    return losses / known.sum().clamp(min=1)
