"""The optional parts of Hoa Ban: which libraries they bring, and how they are asked for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from pipeline.problem import ScanProblem


@dataclass(frozen=True)
class Extra:
    """One optional part.

    Attributes:
        name: What stands in ``hoaban[…]``.
        module: The module it brings.
        distribution: The package that brings the module.
        reads: The formats it is needed for, as people call them.
    """

    name: str
    module: str
    distribution: str
    reads: str


EXTRAS: Mapping[str, Extra] = {
    extra.name: extra
    for extra in (
        Extra("heic", "pi_heif", "pi-heif", "HEIC"),
        Extra("raw", "rawpy", "rawpy", "camera RAW"),
        Extra("pdf", "pypdfium2", "pypdfium2", "PDF"),
        Extra("media", "av", "av", "MP4, MP3, WAV"),
        Extra("tantivy", "tantivy", "tantivy", '[search] engine = "tantivy"'),
        Extra("target", "cv2", "opencv-python-headless", "ColorChecker"),
        Extra("xls", "python_calamine", "python-calamine", "XLS"),
    )
}


def load_extra(name: str, found: str = "") -> Any:  # the libraries have no types
    """Return the module of an optional part.

    Args:
        name: The part.
        found: What it is needed for now, where that is one of several formats.

    Raises:
        ScanProblem: It is not installed, or cannot start here.
    """
    extra = EXTRAS[name]
    try:
        return import_module(extra.module)
    except (ImportError, OSError) as error:
        raise ScanProblem(
            "SCAN-needs-extra", found=found or extra.reads, extra=extra.name
        ) from error


def version_of(name: str) -> str:
    """Return the package of an optional part and its version, as ``rawpy 0.28.0``.

    Where it is not installed, as on another computer that opens the archive, the package alone:
    sets of before were made by it, and reading a file by it says that it is missing.
    """
    distribution = EXTRAS[name].distribution
    try:
        return f"{distribution} {version(distribution)}"
    except PackageNotFoundError:
        return distribution
