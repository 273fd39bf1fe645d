"""The catalogues: every text of the trainers' page, by language."""

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType

WORDS = Path(__file__).with_name("words")
#: Languages by code: their own name, and the direction they are written in.
LANGUAGES = {"en": ("English", "ltr"), "fr": ("Français", "ltr"), "ar": ("العربية", "rtl")}


def languages() -> list[str]:
    """Codes of the languages that there is a catalogue for, English first."""
    return [code for code in LANGUAGES if (WORDS / code).is_dir()]


@cache
def catalogue(language: str) -> Mapping[str, str]:
    """Read all texts of a language by their keys.

    Raises
    ------
    KeyError
        If there is no catalogue of that language.
    """
    if language not in languages():
        raise KeyError(language)
    texts: dict[str, str] = {}
    for file in sorted((WORDS / language).glob("*.json")):
        texts |= json.loads(file.read_text(encoding="utf-8"))
    return MappingProxyType(texts)
