"""What a measurement is made of."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

__all__ = ["FieldType", "Measurement"]


class FieldType(StrEnum):
    """The type of a field in line protocol; a field never changes it."""

    INTEGER = "integer"
    FLOAT = "float"
    STRING = "string"
    BOOLEAN = "boolean"


@dataclass(frozen=True)
class Measurement:
    """One measurement of the data dictionary."""

    name: str
    written: str
    """By whom, and when."""
    tags: Mapping[str, str]
    """Tag to meaning; ``run``, ``worker`` and the user's own tags come on top."""
    fields: Mapping[str, tuple[FieldType, str]]
    note: str = ""
    open_fields: FieldType | None = None
    """The type of fields whose names are data (histogram bounds)."""
    common_tags: bool = True
    """Whether ``run``, ``worker`` and the user's own tags are on each point."""


def integer(meaning: str) -> tuple[FieldType, str]:
    return FieldType.INTEGER, meaning


def decimal(meaning: str) -> tuple[FieldType, str]:
    return FieldType.FLOAT, meaning


def string(meaning: str) -> tuple[FieldType, str]:
    return FieldType.STRING, meaning
