"""From a configuration to a network."""

from __future__ import annotations

from importlib import import_module

from models.experiment import ModelConfig
from models.networks.base import Network
from models.tasks.base import Task

NETWORKS = {
    "rnn": "models.networks.recurrent:RecurrentNetwork",
    "lstm": "models.networks.recurrent:RecurrentNetwork",
    "gru": "models.networks.recurrent:RecurrentNetwork",
    "seq2seq": "models.networks.seq2seq:Seq2SeqNetwork",
    "transformer": "models.networks.transformer:build_transformer",
    "bag_of_words": "models.networks.baselines:BagOfWords",
    "mlp": "models.networks.pairs:PairNetwork",
    "word_vectors": "models.networks.embeddings:WordVectors",
}
"""Kind -> where its class is; imported only when it is built."""


def build_network(config: ModelConfig, task: Task) -> Network:
    """A network with fresh weights, drawn from torch's global generator."""
    module, name = NETWORKS[config.kind].split(":")
    return getattr(import_module(module), name)(config, task)
