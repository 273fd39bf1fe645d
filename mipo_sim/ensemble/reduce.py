"""Sums and shares, whose bits do not depend on how many worlds are computed together."""

import numpy as np

TINY = np.float32(1e-9)  # keeps a division from failing


def total(values: np.ndarray, axis: int) -> np.ndarray:
    """Sum over one axis of agents, in the same order of addition for one world as for many.

    NumPy sums a lone world pairwise and several worlds in plain order; a lone world therefore
    gets a twin for the length of the sum. The last axis holds the worlds and is never summed.
    """
    if values.shape[-1] == 1:
        return np.add.reduce(np.repeat(values, 2, axis=-1), axis=axis)[..., :1]
    return np.add.reduce(values, axis=axis)


def spread_over(weights: np.ndarray, axis: int) -> np.ndarray:
    """Shares that sum to one along `axis`; weights that are all nothing become even shares."""
    whole = np.expand_dims(total(weights, axis), axis)
    shares = weights / np.maximum(whole, TINY)
    if np.all(whole > TINY):
        return shares
    return np.where(whole > TINY, shares, np.float32(1.0 / weights.shape[axis]))


def logistic(log_odds: np.ndarray) -> np.ndarray:
    """Log-odds to a share between 0 and 1."""
    return 1 / (1 + np.exp(np.clip(-log_odds, -60, 60)))


def covered(met: np.ndarray, need: np.ndarray) -> np.ndarray:
    """Share of a need that is met; where nothing is needed, all that is needed is there."""
    return np.minimum((met + TINY) / (need + TINY), 1)


def side_by_side(*values: np.ndarray) -> np.ndarray:
    """Put parameters beside each other on a new first axis, be they one number or one a world."""
    return np.stack(np.broadcast_arrays(*np.atleast_1d(*values)))


def share_of(part: np.ndarray, whole: np.ndarray) -> np.ndarray:
    """`part / whole`, and nothing where there is nothing to share."""
    return part / np.maximum(whole, TINY)
