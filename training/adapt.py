"""Masked-language-model adaptation: the encoder reads news before it is asked about news.

The start encoder was tuned for sentence similarity, which throws away much of what tells a hedge from a claim. Training
it to restore hidden words of whole articles (Devlin et al., 2019, https://arxiv.org/abs/1810.04805) brings that back.
Articles are shown in the very windows that labelling uses, headline first.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path

from datasets import Dataset
from tokenizers import Tokenizer
from torch import Tensor
from torch.nn.functional import cross_entropy
from transformers import BertForMaskedLM, DataCollatorForLanguageModeling, PreTrainedTokenizerFast, Trainer
from transformers.modeling_outputs import MaskedLMOutput

from onrecord.article import Article
from onrecord.training.arguments import attention, last_checkpoint, training_arguments
from onrecord.training.recipe import Recipe
from onrecord.training.vocabulary import SPECIAL
from onrecord.windows import WindowPacker


class MaskedWindows(BertForMaskedLM):
    """``BertForMaskedLM`` that scores the vocabulary at the hidden words only: half the work of scoring it all."""

    def forward(
        self, input_ids: Tensor, attention_mask: Tensor, token_type_ids: Tensor, labels: Tensor
    ) -> MaskedLMOutput:
        """Return the mean loss over the hidden words. *Shapes:* all inputs ``(window, token)``."""
        states = self.bert(input_ids, attention_mask=attention_mask, token_type_ids=token_type_ids).last_hidden_state
        hidden = labels != -100
        logits = self.cls(states[hidden])
        return MaskedLMOutput(loss=cross_entropy(logits.float(), labels[hidden]), logits=logits)


def adapt(start: Path, articles: Iterable[Article], recipe: Recipe, folder: Path) -> None:
    """Train the encoder in ``start`` on ``articles``; write it, with its tokenizer, to ``folder``."""
    settings = recipe.adaptation
    tokenizer = Tokenizer.from_file(str(start / "tokenizer.json"))
    packer = WindowPacker(tokenizer, recipe.windows.limit, context=0)
    rows = Dataset.from_list(list(_rows(articles, packer, settings.tokens)))
    model = MaskedWindows.from_pretrained(
        start, attn_implementation=attention(), attention_probs_dropout_prob=0.0, hidden_dropout_prob=0.0
    )
    special = dict(zip(("pad_token", "unk_token", "cls_token", "sep_token", "mask_token"), SPECIAL, strict=True))
    collator = DataCollatorForLanguageModeling(
        PreTrainedTokenizerFast(tokenizer_object=tokenizer, **special), mlm_probability=settings.mask
    )
    trainer = Trainer(
        model=model,
        args=training_arguments(
            folder / "checkpoints",
            seed=recipe.seed,
            per_device_train_batch_size=max(1, settings.batch_tokens // recipe.windows.limit),
            learning_rate=settings.learning_rate,
            num_train_epochs=1,
        ),
        train_dataset=rows,
        data_collator=collator,
    )
    trainer.train(resume_from_checkpoint=last_checkpoint(folder / "checkpoints"))
    model.bert.save_pretrained(folder)
    tokenizer.save(str(folder / "tokenizer.json"))


def _rows(articles: Iterable[Article], packer: WindowPacker, tokens: int) -> Iterator[dict[str, list[int]]]:
    """Windows of the articles until ``tokens`` tokens are reached."""
    for article in articles:
        headline, *sentences = packer.tokenize([article.headline or "", *(s.text for s in article.sentences)])
        for window in packer.pack([sentence.ids for sentence in sentences], headline.ids or None):
            yield {"input_ids": window.ids, "token_type_ids": window.types}
            tokens -= len(window.ids)
        if tokens <= 0:
            return
