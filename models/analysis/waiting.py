"""Who must wait for whom: the earliest moment at which each layer can compute each position.

L layers, T positions. One tick is the time of one layer at one position; as many processors as one
likes may work at once, so only what needs another's result waits.
"""

from __future__ import annotations

import numpy as np

ALL_AT_ONCE, DIAGONAL, ONE_BY_ONE = "all at once", "diagonal", "one by one"
ORDERS = (ALL_AT_ONCE, DIAGONAL, ONE_BY_ONE)


def ticks(order: str, length: int, layers: int) -> np.ndarray:
    """The tick (L, T), from 1 on, at which each layer has computed each position.

    order: `all at once`, a Transformer that reads or trains: a layer needs all of the layer before;
    `diagonal`, a recurrent network that reads or trains: a step needs the layer's step before and the
    layer below; `one by one`, any network that generates: a position needs the answer before it
    Raises ValueError for another order.
    """
    layer, place = np.mgrid[:layers, :length]
    if order == ALL_AT_ONCE:
        return layer + 1
    if order == DIAGONAL:
        return layer + place + 1
    if order == ONE_BY_ONE:
        return layers * place + layer + 1
    raise ValueError(f"order: wanted one of {', '.join(ORDERS)}, got {order!r}")


def computed_by(finished: np.ndarray, latest: int) -> np.ndarray:
    """What stands computed at the end of each tick from 1 to `latest`: (tick, L, T), NaN where not yet.

    finished: (L, T), as `ticks` gives them
    """
    moments = np.arange(1, latest + 1)[:, None, None]
    return np.where(finished <= moments, finished, np.nan)
