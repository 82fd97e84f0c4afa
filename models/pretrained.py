"""A real BERT- or GPT-2-type model, where the person has one: read in the same form as our own networks.

Needs the optional packages of requirements-pretrained.txt. Weights are read from safetensors only,
and nothing of a model's repository is ever executed.
"""

from __future__ import annotations

import importlib.util
import json
import re
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from models.settings import shortened
from models.trace import Trace

MASKED = ("bert", "distilbert", "roberta")
CAUSAL = ("gpt2",)
LONGEST = 128
"""Most tokens of a text that is looked into."""
MOST_BYTES = 2_000_000_000
_HEADS = {
    "bert": ("cls.",),
    "roberta": ("lm_head.",),
    "distilbert": ("vocab_transform.", "vocab_layer_norm.", "vocab_projector."),
    "gpt2": ("lm_head.",),
}
"""Beginnings of the names of the language head's weights, by type of model."""
_NAME = re.compile(r"[A-Za-z0-9][\w.-]*(/[A-Za-z0-9][\w.-]*)?")


class PretrainedError(ValueError):
    """A model that cannot be had or may not be loaded; the message says why in one sentence."""


def available() -> bool:
    """Whether the optional packages are installed."""
    return importlib.util.find_spec("transformers") is not None


def models_in(folder: Path) -> list[Path]:
    """The folders in `folder` that look like models (they have a config.json), sorted by name."""
    return sorted(path.parent for path in folder.glob("*/config.json"))


@dataclass(frozen=True, slots=True)
class Guess:
    """What a layer expects at one place."""

    token: str
    probability: float


class PretrainedModel:
    """A loaded model and its tokenizer.

    `kind` is masked (BERT's way) or causal (GPT's way); `answers` says whether the folder had a
    language head. One made to compare sentences has none: it attends, but it cannot name a word.
    """

    def __init__(self, name: str, kind: str, model: Any, tokenizer: Any, *, answers: bool = True) -> None:
        """Keep what `load` has checked."""
        self.name, self.kind, self.answers = name, kind, answers
        self.model, self.tokenizer = model.eval(), tokenizer
        self.layers: int = model.config.num_hidden_layers
        self.heads: int = model.config.num_attention_heads

    def encode(self, text: str) -> Tensor:
        """Token numbers (time,); a blank `___` becomes the mask of a masked model.

        Raises PretrainedError for an empty text, one of more than 128 tokens, or a blank that a
        causal model has no symbol for.
        """
        if "___" in text:
            if self.kind != "masked":
                raise PretrainedError("wanted a text without a blank: a causal model only reads on")
            text = text.replace("___", self.tokenizer.mask_token)
        ids = self.tokenizer(text, return_tensors="pt", truncation=False)["input_ids"][0].long()
        longest = min(LONGEST, getattr(self.model.config, "max_position_embeddings", LONGEST))
        if not text.strip() or not 0 < len(ids) <= longest:
            raise PretrainedError(f"wanted a text of 1 to {longest} tokens, got {len(ids)}")
        return ids

    def tokens(self, ids: Tensor) -> list[str]:
        """The tokens as a person reads them: a space is written as a dot in the middle."""
        return [self._readable(i) for i in ids.tolist()]

    @torch.no_grad()
    def trace(self, text: str) -> Trace:
        """Attention of every layer and head, and the residual stream: the taps our own networks have.

        `layers.0.attention` (batch, head, query, key), `layers.0.residual` (batch, time, unit),
        `embedding` (batch, time, unit); `output` are the logits, (batch, time, token), or without a
        language head the last residual stream, (batch, time, unit).
        """
        ids = self.encode(text)
        network = self.model if self.answers else self.model.base_model
        result = network(input_ids=ids[None], output_attentions=True, output_hidden_states=True)
        arrays = {"embedding": result.hidden_states[0].numpy()}
        axes: dict[str, tuple[str, ...]] = {"embedding": ("batch", "time", "unit")}
        for layer in range(self.layers):
            arrays[f"layers.{layer}.attention"] = result.attentions[layer].numpy()
            axes[f"layers.{layer}.attention"] = ("batch", "head", "query", "key")
            arrays[f"layers.{layer}.residual"] = result.hidden_states[layer + 1].numpy()
            axes[f"layers.{layer}.residual"] = ("batch", "time", "unit")
        output = result.logits if self.answers else result.last_hidden_state
        return Trace(arrays, axes, output.numpy(), [self.tokens(ids)])

    @torch.no_grad()
    def logit_lens(self, trace: Trace, most: int = 5) -> list[list[list[Guess]]]:
        """[layer][time][guess]: what would be answered if the model ended after that layer.

        Layer 0 is the embedding. Early layers are read through the last one's normalisation and
        output (nostalgebraist 2020), so the last layer's guesses are the model's own. Raises
        PretrainedError for a model without a language head.
        """
        self._needs_head()
        names = ["embedding", *(f"layers.{layer}.residual" for layer in range(self.layers))]
        lens = []
        for place, name in enumerate(names):
            stream = torch.from_numpy(trace[name][0])
            probabilities = self._read_out(stream, last=place == self.layers).softmax(-1)
            best = probabilities.topk(min(most, probabilities.shape[-1]), -1)
            lens.append([self._guesses(*row) for row in zip(best.indices, best.values, strict=True)])
        return lens

    def blanks(self, trace: Trace, most: int = 5) -> dict[int, list[Guess]]:
        """The best guesses for each place that was masked (masked) or comes next (causal), by place.

        Raises PretrainedError for a model without a language head.
        """
        self._needs_head()
        tokens = trace.tokens[0]
        mask = self.tokenizer.mask_token if self.kind == "masked" else None
        places = [i for i, token in enumerate(tokens) if token == mask] if mask else [len(tokens) - 1]
        logits = torch.from_numpy(trace.output[0])
        guesses = {}
        for place in places:
            best = logits[place].softmax(-1).topk(most)
            guesses[place] = self._guesses(best.indices, best.values)
        return guesses

    def _needs_head(self) -> None:
        if not self.answers:
            raise PretrainedError(f"wanted a model with a language head, {self.name} has none")

    def _read_out(self, stream: Tensor, *, last: bool) -> Tensor:
        """Logits (time, token) of a residual stream (time, unit)."""
        if self.kind == "causal":
            normed = stream if last else self.model.transformer.ln_f(stream)
            return self.model.lm_head(normed)
        head = {"bert": "cls", "roberta": "lm_head"}.get(self.model.config.model_type)
        if head:
            return getattr(self.model, head)(stream)
        stream = self.model.activation(self.model.vocab_transform(stream))
        return self.model.vocab_projector(self.model.vocab_layer_norm(stream))

    def _guesses(self, ids: Tensor, probabilities: Tensor) -> list[Guess]:
        pairs = zip(ids.tolist(), probabilities.tolist(), strict=True)
        return [Guess(self._readable(i), p) for i, p in pairs]

    def _readable(self, place: int) -> str:
        token = self.tokenizer.convert_ids_to_tokens(place)
        if token is None:
            return f"<{place}>"
        if token in self.tokenizer.all_special_tokens or self.kind == "masked":
            return token
        text = self.tokenizer.decode([place]).replace(" ", "·")
        # a piece of a character, or a control character: the vocabulary's own spelling can be told apart
        return text if text and text.isprintable() and "\N{REPLACEMENT CHARACTER}" not in text else token


def load(source: str | Path, *, hub: bool = True) -> PretrainedModel:
    """A model from a folder, or by name from what was downloaded before or, with `hub`, from the hub.

    Raises PretrainedError, in one sentence, where the packages are missing, the model is not there
    or is of another type, its weights are pickled, or the hub cannot be reached.
    """
    if not available():
        raise PretrainedError("wanted the packages of requirements-pretrained.txt, they are not installed")
    folder = Path(source)
    if folder.is_dir():
        return _from_folder(folder)
    if not _NAME.fullmatch(str(source)):
        raise PretrainedError(
            f"wanted a folder or a name like bert-base-uncased, got {shortened(str(source))}"
        )
    return _from_folder(_downloaded(str(source), hub=hub), name=str(source))


def _downloaded(name: str, *, hub: bool) -> Path:
    """The folder of a model by name: local files first. Only data is fetched, never code or pickles."""
    from huggingface_hub import snapshot_download

    wanted = ["*.json", "*.safetensors", "*.txt"]
    failure: Exception | None = None
    for local in (True, False) if hub else (True,):
        try:
            return Path(snapshot_download(name, allow_patterns=wanted, local_files_only=local))
        except Exception as error:  # the hub's client raises many kinds; each means: not to be had
            failure = error
    where = "here, and the hub cannot be reached or does not have it" if hub else "on this machine"
    raise PretrainedError(f"wanted the model {name!r}, it is not {where}") from failure


def _from_folder(folder: Path, name: str = "") -> PretrainedModel:
    """Check a folder, then read configuration, tokenizer and weights from it."""
    from transformers import AutoModelForCausalLM, AutoModelForMaskedLM, AutoTokenizer

    kind = _checked_kind(folder)
    safe = {"local_files_only": True, "trust_remote_code": False}
    model_class = AutoModelForMaskedLM if kind == "masked" else AutoModelForCausalLM
    try:
        tokenizer = AutoTokenizer.from_pretrained(folder, **safe)
        model, report = model_class.from_pretrained(
            folder, use_safetensors=True, attn_implementation="eager", dtype=torch.float32,
            output_loading_info=True, **safe,
        )  # fmt: skip
    except Exception as error:  # whatever is wrong with the files, the person needs one sentence
        why = str(error).split("\n")[0]
        raise PretrainedError(f"wanted a complete model in {folder.name}, got an error: {why}") from error
    if kind == "masked" and tokenizer.mask_token is None:
        raise PretrainedError(f"wanted a tokenizer with a mask token in {folder.name}, it has none")
    answers = _has_head(folder, model.config.model_type, report["missing_keys"])
    return PretrainedModel(name or folder.name, kind, model, tokenizer, answers=answers)


def _has_head(folder: Path, model_type: str, missing: Collection[str]) -> bool:
    """Whether the weights of the language head were there: the library fills what is missing at random.

    Raises PretrainedError where weights of the body are missing: its attention would be noise.
    """
    head = _HEADS[model_type]
    body = sorted(name for name in missing if not name.startswith(head))
    if body:
        raise PretrainedError(
            f"wanted a complete model in {folder.name}, {len(body)} of its weights are missing, "
            f"for example {body[0]}"
        )
    return not missing


def _checked_kind(folder: Path) -> str:
    """Masked or causal. Refuses other types, pickled weights and models too large for this page."""
    try:
        config = json.loads((folder / "config.json").read_text("utf-8"))
        model_type = config.get("model_type")
    except (OSError, ValueError, AttributeError) as error:
        raise PretrainedError(f"wanted a config.json in {folder.name}, got none that can be read") from error
    if model_type not in MASKED + CAUSAL:
        raise PretrainedError(
            f"wanted a model of type {', '.join(MASKED + CAUSAL)}, got {shortened(model_type)}"
        )
    weights = list(folder.glob("*.safetensors"))
    if not weights:
        pickled = [p.name for p in folder.iterdir() if p.suffix in (".bin", ".pt", ".pth", ".pkl", ".ckpt")]
        came = f"only {pickled[0]}, which could run code when it is read" if pickled else "no weights"
        raise PretrainedError(f"wanted weights in safetensors in {folder.name}, got {came}")
    size = sum(path.stat().st_size for path in weights)
    if size > MOST_BYTES:
        raise PretrainedError(f"wanted weights of at most {MOST_BYTES / 1e9:.0f} GB, got {size / 1e9:.1f} GB")
    return "masked" if model_type in MASKED else "causal"
