"""Networks: fused for training, explicit for looking, over the same parameters."""

from models.networks.base import Network, parameter_count
from models.networks.build import build_network

__all__ = ["Network", "build_network", "parameter_count"]
