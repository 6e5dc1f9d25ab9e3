"""Python's own ``zipfile``, a second time, with the CRC-32 of zlib-ng.

A .zip needs a CRC-32 of every byte. Where Python comes with an old zlib, that alone costs a fifth
of reading the bytes and their sha512. ``zipfile`` takes no other CRC-32 than the one its module
names, so the module is loaded again under a name of ours, and only that one is given another:
whatever else uses ``zipfile`` in the same process keeps what it has.
"""

from __future__ import annotations

import importlib.util
import sys
import zipfile
from functools import cache
from importlib.machinery import ModuleSpec, SourceFileLoader
from typing import Any, cast

from zlib_ng import zlib_ng

_NAME = "archive.export._second_zipfile"


@cache
def fast_zip_file() -> type[zipfile.ZipFile]:
    """Return a class ``ZipFile`` that writes what Python's own writes, in less time.

    It is for writing; threads that ask for it at once may get one each.

    Where Python's library is not there as files (a program packed into one file), it is Python's
    own class.
    """
    found = importlib.util.find_spec("zipfile")
    if found is None or not isinstance(found.loader, SourceFileLoader):
        return zipfile.ZipFile
    loader = SourceFileLoader(_NAME, found.loader.path)
    # Since Python 3.12 the module is a package, and imports a part of itself by its name.
    is_package = found.submodule_search_locations is not None
    spec = ModuleSpec(_NAME, loader, origin=loader.path, is_package=is_package)
    spec.submodule_search_locations = found.submodule_search_locations
    module: Any = importlib.util.module_from_spec(spec)
    sys.modules[_NAME] = module
    loader.exec_module(module)
    module.ZipInfo = zipfile.ZipInfo  # what callers describe a file with
    module.LargeZipFile = zipfile.LargeZipFile  # what they may catch
    module.crc32 = zlib_ng.crc32
    return cast("type[zipfile.ZipFile]", module.ZipFile)
