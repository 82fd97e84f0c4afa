"""Reads a board's bytes independently of the browser's decoder: what tests of pages look into."""

from __future__ import annotations

import json
import struct
from typing import Any

import numpy as np


def decode(payload: bytes) -> tuple[dict[str, Any], list[np.ndarray]]:
    """Bytes -> header and its arrays as float64 or whole numbers, in their shapes."""
    (length,) = struct.unpack_from("<I", payload)
    header = json.loads(payload[4 : 4 + length])
    start = (4 + length + 7) // 8 * 8
    return header, [_array(payload, start, stated) for stated in header["arrays"]]


def past(payload: bytes, picture: str, path: str) -> Any:
    """The frames of one place of one picture: an array (moment, ...), or a list where it is text."""
    header, arrays = decode(payload)
    (entry,) = [entry for entry in header["pictures"] if entry["name"] == picture]
    frames = entry["frames"][path]
    return frames["values"] if "values" in frames else arrays[frames["$array"]]


def _array(payload: bytes, start: int, stated: dict[str, Any]) -> np.ndarray:
    count = int(np.prod(stated["shape"], dtype=int))
    flat = np.frombuffer(payload, "<" + stated["type"], count, start + stated["offset"]).astype(np.float64)
    if stated["type"] == "u2":
        span = stated["high"] - stated["low"]
        flat = np.where(flat == 65535, np.nan, stated["low"] + flat / 65534 * span)
    return flat.reshape(stated["shape"])
