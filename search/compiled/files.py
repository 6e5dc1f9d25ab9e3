"""The files of the shards: classic scripts named by what is in them.

A shard is ``HoabanSearch.receive("NAME","BASE64");``, the base64 of raw deflated bytes: a form
that a ``<script>`` loads from ``file://`` as from http. NAME is one letter for the kind and six
signs of the SHA-256 of the contents, so that a changed shard has another name and an unchanged
one keeps its name and its bytes.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import re
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

FOLDER = "shards"
_ENCODED = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
HASH_SIGNS = 6
NO_SHARD = "-" * (1 + HASH_SIGNS)
"""Stands for the name of a shard where there is none."""

_PROTOTYPE, _MEMBER = re.compile(r'(?<!\\)"__proto__":'), '["__proto__"]:'
"""The one key that JSON and a literal do not take for the same; and a member with its name."""

_NEW_FILE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
_LEVEL = 6
_SMALL = 16_000
FREQUENT = "t"
"""Kind of the folder of a frequent word."""

_ROOT_CHILDREN = 48
_NODE_CHILDREN = 128
_FULLEST_NODE = 512
_FULLEST_WITH_FREQUENT = 1536

Child = tuple[str, str]
"""First key of a shard, and its name."""


@dataclass(frozen=True)
class ShardFolder:
    """Where shards are written.

    Attributes:
        root: The folder of the search.
        spread: In how many folders, one in the other, each of 32, the shards are spread.
        before: The folder of an older search, whose shards are taken where they have the same in
            them: to read one takes a fraction of what it takes to deflate it.
    """

    root: Path
    spread: int
    before: Path | None = None

    def path(self, name: str) -> Path:
        """Return the file of a shard."""
        return self.root.joinpath(FOLDER, *name[1 : 1 + self.spread], f"{name}.js")

    def plain(self, name: str) -> str:
        """Return a script that hands over the JSON data of a shard that was written, as it is.

        Among other scripts that is smaller, once a server deflates it, than bytes as base64.
        """
        text = self.path(name).read_text(encoding="ascii").split('"')[3]
        data = zlib.decompress(base64.b64decode(text), -zlib.MAX_WBITS)
        return _literal(name, data.decode())

    def is_small(self, name: str) -> bool:
        """Say whether a shard is so small that it may be loaded before it is needed."""
        return self.path(name).stat().st_size <= _SMALL

    def note(self, path: str, content: bytes) -> None:
        """Hear of a file that is written, or is there already; its path is relative to ``root``."""

    def write(self, kind: str, payload: bytes) -> str:
        """Write a shard; return its name.

        Raises:
            OSError: The disk refused.
        """
        for name in _names(kind, payload):
            if self._write(f"{self._place(name)}.js", name, payload):
                return name
        raise ValueError(f"no free name for a shard of kind {kind}")

    def write_group(
        self, kind: str, payloads: Sequence[bytes | None], strategy: int = zlib.Z_DEFAULT_STRATEGY
    ) -> str:
        """Write shards into a folder of their own that is named by all of them; return its name.

        They are called 0, 1, 2 … there, so that whoever has one name can load any of them.

        Args:
            kind: Letter of the group.
            payloads: What is in the shards; None where there is none of that number.
            strategy: How they are deflated.

        Raises:
            OSError: The disk refused.
        """
        for name in _names(kind, b"".join(filter(None, payloads))):
            place = self._place(name)
            folder = Path(f"{self.root}/{place}")
            numbered = enumerate(payloads)
            parts = {f"{number}.js": own for number, own in numbered if own is not None}
            if folder.exists() and not _holds_only(folder, name, parts):
                continue
            for part, payload in parts.items():
                self._write(f"{place}/{part}", f"{name}/{part[:-3]}", payload, strategy)
            return name
        raise ValueError(f"no free name for a group of kind {kind}")

    def _place(self, name: str) -> str:
        """Return the path of a shard or a group, relative to ``root`` and without its ending."""
        return "/".join((FOLDER, *name[1 : 1 + self.spread], name))

    def _write(
        self, place: str, name: str, payload: bytes, strategy: int = zlib.Z_DEFAULT_STRATEGY
    ) -> bool:
        """Write a shard, or take it as it is from the older search; say if it has its place now."""
        path = f"{self.root}/{place}"
        content = self._linked(place, path, name, payload)
        if content is None:
            content = _handed_over(name, _deflated(payload, strategy))
            try:
                _create(path, content)
            except FileExistsError:
                content = Path(path).read_bytes()
                if _payload_of(content, name) != payload:
                    return False
        self.note(place, content)
        return True

    def _linked(self, place: str, path: str, name: str, payload: bytes) -> bytes | None:
        """Return what a file of the older search has, now in this one, too, if it is the same."""
        if self.before is None:
            return None
        try:
            content = Path(f"{self.before}/{place}").read_bytes()
            if _payload_of(content, name) == payload:
                Path(path).parent.mkdir(parents=True, exist_ok=True)
                os.link(f"{self.before}/{place}", path)
                return content
        except OSError:
            pass  # it is not there, or the disk has no links
        return None


def _create(path: str, content: bytes) -> None:
    """Write a file that is not there yet, and its folder if that is not."""
    try:
        # Not a stream: to make one takes as long as all else.
        descriptor = os.open(path, _NEW_FILE, 0o666)
    except FileNotFoundError:
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, _NEW_FILE, 0o666)
    try:
        while content:
            content = content[os.write(descriptor, content) :]
    finally:
        os.close(descriptor)


def _deflated(payload: bytes, strategy: int = zlib.Z_DEFAULT_STRATEGY) -> str:
    squeezed = zlib.compressobj(
        _LEVEL, zlib.DEFLATED, -zlib.MAX_WBITS, zlib.DEF_MEM_LEVEL, strategy
    )
    return base64.b64encode(squeezed.compress(payload) + squeezed.flush()).decode()


def _payload_of(script: bytes, name: str) -> bytes | None:
    """Return what is in a shard, or None where it is no shard of this name."""
    head, tail = _handed_over(name, "\0").split(b"\0")
    if not (script.startswith(head) and script.endswith(tail)):
        return None
    try:
        squeezed = base64.b64decode(script[len(head) : -len(tail)], validate=True)
        return zlib.decompress(squeezed, -zlib.MAX_WBITS)
    except (ValueError, zlib.error):
        return None


def _holds_only(folder: Path, name: str, parts: Mapping[str, bytes]) -> bool:
    """Say whether all files in the folder of a group are shards of it."""
    return all(
        file.name in parts
        and _payload_of(file.read_bytes(), f"{name}/{file.stem}") == parts[file.name]
        for file in folder.iterdir()
    )


def _names(kind: str, payload: bytes) -> Iterator[str]:
    """Yield names for a payload; the second for the case that another one has the first."""
    hashed = hashlib.sha256(payload).digest()
    # Each five bytes are eight signs. All are hardly ever needed, and slow to write.
    yield kind + base64.b32encode(hashed[:5]).decode().lower()[:HASH_SIGNS]
    digest = base64.b32encode(hashed).decode().lower()
    for start in range(1, len(digest) - HASH_SIGNS):
        yield kind + digest[start : start + HASH_SIGNS]


def _handed_over(name: str, text: str) -> bytes:
    return f'HoabanSearch.receive("{name}","{text}");\n'.encode()


def script(name: str, data: object) -> str:
    """Return a script that hands over JSON data."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    return _literal(name, text)


def _literal(name: str, text: str) -> str:
    """Return a script that hands over JSON data as a literal, in which a profile named fields."""
    return f'HoabanSearch.receive("{name}",{_PROTOTYPE.sub(_MEMBER, text)});\n'


def tree(folder: ShardFolder, kind: str, leaves: Sequence[Child]) -> list[object]:
    """Write the nodes above some leaves; return the root: [levels of nodes, keys, names].

    Args:
        folder: Where the nodes go.
        kind: Letter of the nodes.
        leaves: In the order of their keys; among them the folders of frequent words.
    """
    children = list(leaves)
    levels = 0
    while len(children) > _ROOT_CHILDREN:
        children = [
            (part[0][0], folder.write(kind, json_bytes(node(part)))) for part in _parts(children)
        ]
        levels += 1
    return [levels, *node(children)]


def _is_frequent(child: Child) -> bool:
    return child[1].startswith(FREQUENT)


def json_bytes(data: object) -> bytes:
    """Return JSON data as the payload of a shard."""
    return _ENCODED(data).encode()


def node(children: Iterable[Child]) -> list[object]:
    """Return a node: keys of leaves or nodes, their names; the same of frequent words, if any."""
    pairs = list(children)
    frequent = [child for child in pairs if _is_frequent(child)]
    listed = [[child for child in pairs if not _is_frequent(child)]]
    listed += [frequent] if frequent else []
    return [part for own in listed for part in ([k for k, _ in own], "".join(n for _, n in own))]


def _parts(children: Sequence[Child]) -> Iterator[list[Child]]:
    """Part children where their keys say so, so that one more moves no other boundary.

    A node begins with a leaf: a frequent word is found where the leaf before it is. Nodes with
    frequent words are larger: every query of words needs them, best one for all its words.
    """
    has_frequent = any(map(_is_frequent, children))
    fullest = _FULLEST_WITH_FREQUENT if has_frequent else _FULLEST_NODE
    half = (fullest if has_frequent else _NODE_CHILDREN) // 2
    if has_frequent and len(children) <= fullest:
        yield list(children)
        return
    part: list[Child] = []
    for child in children:
        is_end = len(part) >= half and is_boundary(child[0], half)
        if part and (is_end or len(part) >= fullest) and not _is_frequent(child):
            yield part
            part = []
        part.append(child)
    yield part


def is_boundary(key: str, among: int, weight: int = 1) -> bool:
    """Say whether a key begins a part, as ``weight`` of ``among`` keys do."""
    return zlib.crc32(key.encode()) % among < weight
