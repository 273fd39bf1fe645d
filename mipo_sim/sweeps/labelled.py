"""A table of worlds as labelled arrays, for those who think in dimensions rather than rows."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import pandas as pd

if TYPE_CHECKING:
    import xarray


def labelled(outcomes: pd.DataFrame, dimensions: Sequence[str], units: Mapping[str, str]) -> "xarray.Dataset":
    """Turn each column of a table of worlds into an array.

    Parameters
    ----------
    outcomes : DataFrame
        One row a world.
    dimensions : sequence of str
        The columns that together tell worlds apart.
    units : mapping of str to str
        Units by column.

    Returns
    -------
    xarray.Dataset
        One array for each other column; not a number where there is no such world. Words along a
        dimension stand in the order of the alphabet.

    Raises
    ------
    ImportError
        If xarray is not installed.
    """
    try:
        import xarray
    except ImportError:
        raise ImportError("labelled arrays need xarray: pip install 'mipo-sim[analysis]'") from None
    found = xarray.Dataset.from_dataframe(outcomes.set_index(list(dimensions)))
    for name, unit in units.items():
        found[name].attrs["units"] = unit
    return found
