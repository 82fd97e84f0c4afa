"""Arrays and templates of a board, each packed once, and the layout of its bytes (see viz.picture)."""

from __future__ import annotations

import hashlib
import json
import math
import struct
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

LEVELS = 65534
"""The level that stands for the upper end; one more, 65535, stands for "not a number"."""

ALIGNMENT = 8


class Pack:
    """Collects the arrays and templates of a board, each once."""

    def __init__(self) -> None:
        self.arrays: list[dict[str, Any]] = []
        self.blobs: list[bytes] = []
        self.templates: list[Any] = []
        self._places: dict[tuple[str, bytes], int] = {}
        self._texts: dict[str, int] = {}

    def template(self, template: Any) -> int:
        """The number under which this template travels; equal ones share one."""
        text = json.dumps(self.plain(template), sort_keys=True)
        if text not in self._texts:
            self._texts[text] = len(self.templates)
            self.templates.append(json.loads(text))
        return self._texts[text]

    def frames(self, values: np.ndarray, limits: tuple[float, float] | None) -> Any:
        """Values over training, (moment, ...); text and mixed values stay in the header."""
        if values.dtype.kind not in "biuf":
            return {"values": self.plain(values.tolist())}
        return self.array(values, limits)

    def plain(self, value: Any) -> Any:
        """The same value in JSON's types; arrays of numbers become references."""
        if isinstance(value, Mapping):
            return {str(key): self.plain(item) for key, item in value.items()}
        if isinstance(value, np.ndarray):
            return self.array(value, None) if value.ndim and value.dtype.kind in "biuf" else value.tolist()
        if isinstance(value, list | tuple):
            return [self.plain(item) for item in value]
        if isinstance(value, np.generic):
            value = value.item()
        if isinstance(value, float) and not math.isfinite(value):
            return None
        return value if isinstance(value, str | int | float | bool | None) else str(value)

    def array(self, values: np.ndarray, limits: tuple[float, float] | None) -> dict[str, int]:
        """Take an array in, between fixed ends if it has `limits`; gives the reference that stands for it."""
        stated: dict[str, Any] = {"shape": list(values.shape)}
        if limits is not None and _within(values, limits):
            stored = _levels(values, limits)
            stated["low"], stated["high"] = limits
        else:
            stored = values.astype("<f4")
            if values.dtype.kind in "iu" and not np.array_equal(stored.astype(values.dtype), values):
                stored = values.astype("<f8")
        stated["type"] = stored.dtype.str.lstrip("<")
        blob = np.ascontiguousarray(stored).tobytes()
        place = (json.dumps(stated), blob)
        if place not in self._places:
            self._places[place] = len(self.blobs)
            self.arrays.append(stated)
            self.blobs.append(blob)
        return {"$array": self._places[place]}

    def digest(self, entry: Mapping[str, Any]) -> str:
        """Differs when anything of the picture differs, so that the browser leaves equal pictures alone."""
        known = hashlib.blake2b(json.dumps(entry, sort_keys=True).encode(), digest_size=8)
        if entry["template"] is not None:
            known.update(json.dumps(self.templates[entry["template"]]).encode())
        for number in sorted(set(_references(entry))):
            known.update(json.dumps(self.arrays[number]).encode())
            known.update(self.blobs[number])
        return known.hexdigest()

    def close(self, header: dict[str, Any]) -> bytes:
        """All bytes: header, then arrays."""
        offset = 0
        for stated, blob in zip(self.arrays, self.blobs, strict=True):
            stated["offset"] = offset
            offset += len(blob) + -len(blob) % ALIGNMENT
        text = json.dumps({**header, "arrays": self.arrays}, allow_nan=False, separators=(",", ":")).encode()
        parts = [struct.pack("<I", len(text)), text, bytes(-(4 + len(text)) % ALIGNMENT)]
        for blob in self.blobs:
            parts += [blob, bytes(-len(blob) % ALIGNMENT)]
        return b"".join(parts)


def _within(values: np.ndarray, limits: tuple[float, float]) -> bool:
    known = values[~np.isnan(values)]
    return bool(((known >= limits[0]) & (known <= limits[1])).all())


def _levels(values: np.ndarray, limits: tuple[float, float]) -> np.ndarray:
    """Values between two ends as whole levels 0 ... LEVELS; "not a number" as LEVELS + 1."""
    low, high = limits
    share = (values.astype(np.float64) - low) / (high - low)
    return np.where(np.isnan(share), LEVELS + 1, np.rint(share * LEVELS)).astype("<u2")


def _references(value: Any) -> Iterator[int]:
    """The numbers of all arrays that a header entry points to."""
    if isinstance(value, Mapping):
        if "$array" in value:
            yield value["$array"]
        for item in value.values():
            yield from _references(item)
    elif isinstance(value, list):
        for item in value:
            yield from _references(item)
