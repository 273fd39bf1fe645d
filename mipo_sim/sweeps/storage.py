"""Write to disk all or nothing: a temporary folder beside the place, flushed, then renamed.

Tables are sealed: every page has a checksum, and a digest says which columns there are, so that no bit of
a table can change unnoticed.
"""

import hashlib
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

SEAL = b"columns"


def replace_folder(folder: Path, fill: Callable[[Path], None]) -> Path:
    """Make a folder with `fill`, then put it in place of the one that may be there.

    Parameters
    ----------
    folder : Path
        Where the result should stand.
    fill : callable
        Writes the files into the folder it is given.

    Raises
    ------
    OSError
        If anything cannot be written. What stood at the place before still stands there.
    """
    made = _make_parents(folder.parent)
    fresh = folder.with_name(f".{folder.name}.{os.getpid()}.new")
    old = folder.with_name(f".{folder.name}.{os.getpid()}.old")
    try:
        fresh.mkdir()
        fill(fresh)
        for file in fresh.iterdir():
            flush(file)
        flush(fresh)
        if folder.exists():
            folder.rename(old)
        try:
            fresh.rename(folder)
        except OSError:
            if old.exists():
                old.rename(folder)
            raise
        flush(folder.parent)
    except BaseException:
        shutil.rmtree(fresh, ignore_errors=True)
        for parent in reversed(made):
            if not any(parent.iterdir()):
                parent.rmdir()
        raise
    shutil.rmtree(old, ignore_errors=True)
    return folder


def check_writable(folder: Path) -> None:
    """Find out, without writing anything, whether a folder could be made or filled.

    Raises
    ------
    OSError
        If something other than a folder is in the way, or writing is not allowed.
    """
    place = folder.absolute()
    while not place.exists() and place != place.parent:
        place = place.parent
    if not place.is_dir():
        raise NotADirectoryError(f"{_short(place)} is not a folder")
    if not os.access(place, os.W_OK | os.X_OK):
        raise PermissionError(f"writing in {_short(place)} is not allowed")


def write_parquet(table: pd.DataFrame, file: Path) -> None:
    """Write a table; the same table always gives the same bytes."""
    write_sealed(pa.Table.from_pandas(table, preserve_index=False), file)


def read_parquet(file: Path) -> pd.DataFrame:
    """Read a table that `write_parquet` wrote; see `read_sealed`."""
    frame: pd.DataFrame = read_sealed(file).to_pandas()
    return frame


def write_sealed(table: pa.Table, file: Path) -> None:
    """Write a table with checksums of its pages and a digest of its columns."""
    words = [f.name for f in table.schema if pa.types.is_string(f.type) or pa.types.is_large_string(f.type)]
    pq.write_table(
        table.replace_schema_metadata({SEAL: _digest(table.schema)}),
        file,
        compression="zstd",
        compression_level=1,
        use_dictionary=words,
        write_page_checksum=True,
    )


def read_sealed(file: Path, columns: list[str] | None = None) -> pa.Table:
    """Read a table, or some of its columns, and check that no bit of it has changed.

    Raises
    ------
    OSError, ValueError, ArrowException
        If it is damaged, or cannot be read.
    """
    schema = pq.read_schema(file)
    if (schema.metadata or {}).get(SEAL, _digest(schema)) != _digest(schema):  # none: of an older version
        raise ValueError(f"{str(file)!r} has other columns than were written")
    table = pq.read_table(file, columns=columns, page_checksum_verification=True, partitioning=None)
    return table.replace_schema_metadata()


def _digest(schema: pa.Schema) -> bytes:
    told = "\n".join(f"{field.name} {field.type}" for field in schema)
    return hashlib.sha256(told.encode()).hexdigest()[:16].encode()


def write_text(text: str, file: Path) -> None:
    """Write text as UTF-8 with plain line ends, on every system."""
    file.write_text(text, encoding="utf-8", newline="\n")


def _make_parents(folder: Path) -> list[Path]:
    """Make missing folders and say which were made, outermost first."""
    missing = [p for p in (folder, *folder.parents) if not p.exists()]
    folder.mkdir(parents=True, exist_ok=True)
    return missing[::-1]


def flush(path: Path) -> None:
    """Have the system write a file or a folder to disk."""
    if os.name == "nt" and path.is_dir():  # Windows opens no folders, and keeps renames in order itself
        return
    handle = os.open(path, os.O_RDWR if os.name == "nt" else os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _short(path: Path) -> str:
    """Write a path as the user would."""
    here = Path.cwd()
    return repr(str(path.relative_to(here) if path.is_relative_to(here) else path))
