"""The network: a BERT-shaped encoder and four heads, in torch. Training, export and the torch engine import it.

One forward pass gives, for every sentence of every window, label and sourcing scores and a vector of its meaning, and
for every token whether it belongs to the source, to the cue or to neither.
"""

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn.functional import cosine_similarity
from transformers import BertConfig, BertModel, BertPreTrainedModel
from transformers.utils import ModelOutput

from onrecord.labels import LABELS, SOURCINGS, SPANS


@dataclass
class NetworkOutput(ModelOutput):
    """Scores before softmax.

    *Shapes:* ``label_logits`` (window, piece, 5), ``sourcing_logits`` (window, piece, 3), ``span_logits``
    (window, token, 3), ``vectors`` (window, piece, vector_size); ``loss`` is a scalar, present if targets were given.
    """

    loss: Tensor | None = None
    label_logits: Tensor | None = None
    sourcing_logits: Tensor | None = None
    span_logits: Tensor | None = None
    vectors: Tensor | None = None


class SourcingConfig(BertConfig):
    """A BERT encoder's configuration, the names of the labels, and what the heads count for in the loss.

    :ivar vector_size: numbers in a sentence's vector, of any length, whose direction tells what the sentence is about.
    """

    model_type = "onrecord"
    sourcing_weight: float = 0.5
    span_weight: float = 1.0
    vector_weight: float = 1.0
    vector_size: int = 128


class SourcingNetwork(BertPreTrainedModel):
    """Labels, sourcing, spans and meaning of the sentences of a window.

    ``SourcingNetwork.from_pretrained`` starts from any BERT-shaped encoder (heads new) or from a saved network.
    """

    config_class = SourcingConfig
    config: SourcingConfig

    def __init__(self, config: SourcingConfig) -> None:
        config.id2label = {number: label.value for number, label in enumerate(LABELS)}
        config.label2id = {label.value: number for number, label in enumerate(LABELS)}
        super().__init__(config)
        self.bert = BertModel(config, add_pooling_layer=False)
        self.dropout = nn.Dropout(config.hidden_dropout_prob)
        self.label_head = nn.Linear(2 * config.hidden_size, len(LABELS))
        self.sourcing_head = nn.Linear(2 * config.hidden_size, len(SOURCINGS))
        self.span_head = nn.Linear(config.hidden_size, len(SPANS))
        self.vector_head = nn.Linear(config.hidden_size, config.vector_size)
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
        span_targets: Tensor | None = None,
        vector_targets: Tensor | None = None,
    ) -> NetworkOutput:
        """Score a batch of windows, as ``WindowPacker.collate`` makes it.

        :param input_ids: with ``attention_mask`` and ``token_type_ids``: *shape* (window, token).
        :param starts: with ``ends``: token positions of every piece's first token and of the ``[SEP]`` that closes
            it. *Shape* (window, piece).
        :param label_targets: a distribution times the sentence's weight; zeros where there is nothing to learn.
            *Shape* (window, piece, 5); ``sourcing_targets`` likewise (window, piece, 3).
        :param span_targets: a distribution, zeros where there is nothing to learn. *Shape* (window, token, 3).
        :param vector_targets: the vector's direction, zeros where there is nothing to learn. *Shape* (window, piece,
            vector_size).
        """
        states = self.bert(input_ids, attention_mask=attention_mask, token_type_ids=token_type_ids).last_hidden_state
        states = self.dropout(states)
        pieces = sentence_states(states, starts, ends)
        label_logits, sourcing_logits = self.label_head(pieces), self.sourcing_head(pieces)
        span_logits = self.span_head(states)
        vectors = self.vector_head(pieces[..., : self.config.hidden_size])
        loss = None
        if label_targets is not None and sourcing_targets is not None and span_targets is not None:
            loss = (
                _soft_cross_entropy(label_logits, label_targets)
                + self.config.sourcing_weight * _soft_cross_entropy(sourcing_logits, sourcing_targets)
                + self.config.span_weight * _soft_cross_entropy(span_logits, span_targets)
            )
            if vector_targets is not None:
                loss = loss + self.config.vector_weight * _cosine_distance(vectors, vector_targets)
        return NetworkOutput(loss, label_logits, sourcing_logits, span_logits, vectors)


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


def _soft_cross_entropy(logits: Tensor, targets: Tensor) -> Tensor:
    """Weighted mean cross-entropy against distributions. *Shapes:* both (…, class)."""
    loss = -(targets * logits.float().log_softmax(-1)).sum()
    return loss / targets.sum().clamp(min=1e-6)


def _cosine_distance(vectors: Tensor, targets: Tensor) -> Tensor:
    """Mean distance in direction, over targets that are not zero. *Shapes:* both (window, piece, vector_size)."""
    known = targets.abs().sum(-1) > 0
    distances = 1 - cosine_similarity(vectors.float(), targets, dim=-1)
    return (distances * known).sum() / known.sum().clamp(min=1)
