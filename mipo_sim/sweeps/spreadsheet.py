"""Tables as text that a spreadsheet opens, in which no cell is taken for a formula."""

import re
from typing import Any

import pandas as pd

# What spreadsheets calculate, at once or after blanks they leave out; as `table.ts` has it for pages.
FORMULA = re.compile(r"[\t\n\0]|\s*[=+\-@\uff1d\uff0b\uff0d\uff20]")  # the last four: wide signs
NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?", re.IGNORECASE | re.ASCII)


def as_csv(table: pd.DataFrame, float_format: str | None = None) -> str:
    """Write a table as CSV. Texts that begin like a formula begin with a quote instead; numbers stay.

    Parameters
    ----------
    table : DataFrame
        With what people see in its columns; its index is left out.
    float_format : str, optional
        How to write numbers that are not whole; in full if not given.
    """
    told = table.rename(columns=_harmless)
    for place, kind in enumerate(table.dtypes):
        if not pd.api.types.is_numeric_dtype(kind):
            values = [_harmless(value) for value in table.iloc[:, place]]
            told.isetitem(place, pd.Series(values, dtype=object).array)
    return told.to_csv(index=False, float_format=float_format, lineterminator="\n")


def _harmless(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    text = re.sub("\r\n?", "\n", value)  # a bare \r would stand outside quotes, and begin a row
    return f"'{text}" if FORMULA.match(text) and not NUMBER.fullmatch(text) else text
