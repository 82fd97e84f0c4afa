"""Tiny models of the kinds that people bring, made and saved by the tests themselves."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest
import torch

needs_transformers = pytest.mark.skipif(
    importlib.util.find_spec("transformers") is None,
    reason="the optional packages of requirements-pretrained.txt are not installed",
)
WORDS = [
    "the",
    "film",
    "was",
    "not",
    "bad",
    "it",
    "great",
    "this",
    "these",
    "cats",
    "near",
    "river",
    "sleep",
    "often",
]


def save_bert(folder: Path, *, layers: int = 2, heads: int = 3, language_head: bool = True) -> Path:
    """A BERT with a WordPiece vocabulary of its own, in safetensors."""
    from transformers import BertConfig, BertForMaskedLM, BertModel, BertTokenizerFast

    folder.mkdir(parents=True, exist_ok=True)
    vocabulary = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *WORDS]
    (folder / "vocab.txt").write_text("\n".join(vocabulary), "utf-8")
    BertTokenizerFast(vocab=str(folder / "vocab.txt")).save_pretrained(folder)
    torch.manual_seed(1)
    config = BertConfig(
        vocab_size=len(vocabulary),
        hidden_size=12,
        num_hidden_layers=layers,
        num_attention_heads=heads,
        intermediate_size=20,
        max_position_embeddings=24,
    )
    (BertForMaskedLM if language_head else BertModel)(config).save_pretrained(folder)
    return folder


def save_gpt(folder: Path) -> Path:
    """A GPT-2 of three layers with a byte-level BPE learned from one sentence, in safetensors."""
    from tokenizers import ByteLevelBPETokenizer
    from transformers import GPT2Config, GPT2LMHeadModel, GPT2TokenizerFast

    folder.mkdir(parents=True, exist_ok=True)
    bytes_to_pairs = ByteLevelBPETokenizer()
    bytes_to_pairs.train_from_iterator(
        [" ".join(WORDS)] * 3, vocab_size=300, special_tokens=["<|endoftext|>"], show_progress=False
    )
    bytes_to_pairs.save_model(str(folder))
    tokenizer = GPT2TokenizerFast(vocab=str(folder / "vocab.json"), merges=str(folder / "merges.txt"))
    tokenizer.save_pretrained(folder)
    torch.manual_seed(2)
    config = GPT2Config(vocab_size=len(tokenizer), n_positions=20, n_embd=12, n_layer=3, n_head=2)
    GPT2LMHeadModel(config).save_pretrained(folder)
    return folder
