"""What is known of a template when it is compiled is put in its place, once for all its pages.

A sentence becomes the text of its language, a drawing that is included a part of the template. In
an environment for many pages (:attr:`PageKind.known`) a template also becomes one with the
one it extends, and what stands in every page as it is becomes text: the museum's name, the menus,
links from that depth of the site. What is left is what the pages differ in. The pages are the same
bytes as without any of this.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Protocol, cast

import jinja2
from jinja2 import nodes
from markupsafe import Markup

from schemas.messages import catalogue

_SENTENCE = "_"
_PLACES = re.compile(r"%\((\w+)\)s")
_UNKNOWN = object()
# Stands for a value that Python can write down.
_PLAIN = (str, int, float, type(None))
# What may stand beside the blocks of a template that becomes one with the one it extends.
_BESIDE_BLOCKS = (nodes.Extends, nodes.Block, nodes.FromImport, nodes.Output)


class PageKind(Protocol):
    """What is known of pages; :class:`archive.site.compiling.PageEnvironment` has it."""

    lang: str
    known: Mapping[str, Any]
    shown: Callable[[Any], str]

    def parsed(self, name: str) -> nodes.Template:
        """Return the template with a name as Jinja reads it."""

    def getattr(self, obj: Any, attribute: str) -> Any:
        """Return an attribute as templates read it."""


def specialised(template: nodes.Template, environment: PageKind) -> nodes.Template:
    """Return a template with what is known in its place; the one given stays as it is."""
    blocks: dict[str, nodes.Block] = {}
    if environment.known:
        template, blocks = _linked(template, environment)
    return cast(nodes.Template, _Known(environment, template, blocks).of(template))


def depends_on(template: nodes.Template, known: Mapping[str, Any]) -> list[str]:
    """Return the names among ``known`` whose values tell what a template becomes."""
    if not known:
        return []
    parts = list(every_node(template))
    if any(isinstance(node, nodes.Extends) for node in parts):
        return list(known)
    read = {node.name for node in parts if isinstance(node, nodes.Name)} - set(_assigned(parts))
    return [name for name in known if name in read]


def every_node(*parts: nodes.Node) -> Iterator[nodes.Node]:
    """Yield parts of a template and everything in them, in no order."""
    waiting = list(parts)
    while waiting:
        node = waiting.pop()
        yield node
        for value in vars(node).values():
            if isinstance(value, list):
                waiting.extend(entry for entry in value if isinstance(entry, nodes.Node))
            elif isinstance(value, nodes.Node):
                waiting.append(value)


def _linked(
    template: nodes.Template, environment: PageKind
) -> tuple[nodes.Template, dict[str, nodes.Block]]:
    """Return a template as one with the one it extends, and the blocks to be put into it.

    It stays as it is, without blocks, where that would not be the same.
    """
    extends = [node for node in template.body if isinstance(node, nodes.Extends)]
    is_one = len(extends) == 1 and isinstance(extends[0].template, nodes.Const)
    if not is_one or not all(isinstance(node, _BESIDE_BLOCKS) for node in template.body):
        return template, {}
    above = environment.parsed(cast(nodes.Const, extends[0].template).value)
    blocks: dict[str, nodes.Block] = {}
    # Of two blocks of one name the template's own comes last.
    for node in (*every_node(above), *every_node(template)):
        is_more = isinstance(node, nodes.Block) and (node.scoped or node.required)
        is_super = isinstance(node, nodes.Name) and node.name == "super"
        if is_more or is_super or (isinstance(node, nodes.Extends) and node not in extends):
            return template, {}
        if isinstance(node, nodes.Block):
            blocks[node.name] = node
    imports = [node for node in template.body if isinstance(node, nodes.FromImport)]
    return nodes.Template([*imports, *above.body], lineno=1), blocks


class _Known:
    """Writes a template anew with what is known in its place.

    Args:
        environment: What is known.
        template: The template.
        blocks: What its blocks become; empty where they stay blocks.
    """

    def __init__(
        self,
        environment: PageKind,
        template: nodes.Template,
        blocks: dict[str, nodes.Block],
    ) -> None:
        self._environment = environment
        self._blocks = blocks
        parts = list(every_node(template, *blocks.values()))
        assigned = set(_assigned(parts))
        self._known = {
            name: value for name, value in environment.known.items() if name not in assigned
        }
        # Where escaping may be turned off, what is put into a page is not known here.
        self._is_escaped = not any(isinstance(node, nodes.EvalContextModifier) for node in parts)

    def of(self, node: nodes.Node) -> nodes.Node:
        """Return what becomes of a node that is no statement of a list."""
        found = self._known_expression(node) if isinstance(node, nodes.Expr) else None
        return self._copied(node) if found is None else found

    def _copied(self, node: nodes.Node) -> nodes.Node:
        """Return a node with what becomes of its parts."""
        copy: nodes.Node = object.__new__(type(node))
        for name, value in vars(node).items():
            if isinstance(value, list):
                setattr(copy, name, self._list(value))
            elif isinstance(value, nodes.Node):
                setattr(copy, name, self.of(value))
            else:
                setattr(copy, name, value)
        return copy

    def _list(self, entries: list[Any]) -> list[Any]:
        found: list[Any] = []
        for entry in entries:
            if isinstance(entry, nodes.Stmt):
                for node in self._statement(entry):
                    _add(found, node)
            else:
                found.append(self.of(entry) if isinstance(entry, nodes.Node) else entry)
        return found

    def _statement(self, node: nodes.Stmt) -> Iterator[nodes.Node]:
        """Yield what becomes of a statement."""
        if isinstance(node, nodes.Output):
            yield from self._output(node)
        elif isinstance(node, nodes.If):
            yield from self._if(node)
        elif isinstance(node, nodes.Include):
            yield self._include(node)
        elif isinstance(node, nodes.Block) and node.name in self._blocks:
            yield nodes.Scope(self._list(self._blocks[node.name].body), lineno=node.lineno)
        elif not (isinstance(node, nodes.For) and self._value(node.iter) == () and not node.else_):
            yield self._copied(node)

    def _output(self, node: nodes.Output) -> Iterator[nodes.Node]:
        """Yield what becomes of what is put into a page; a block that is called, too."""
        for child in node.nodes:
            block = self._called_block(child)
            if block is not None:
                yield nodes.Scope(self._list(block.body), lineno=node.lineno)
                continue
            spoken = list(self._spoken(child))
            value = self._value(child)
            if spoken:
                yield nodes.Output(spoken, lineno=node.lineno)
            elif self._is_escaped and isinstance(value, _PLAIN) and not _is_data(child):
                text = str(self._environment.shown(value))
                yield nodes.Output([nodes.TemplateData(text)], lineno=node.lineno)
            else:
                yield nodes.Output([self.of(child)], lineno=node.lineno)

    def _called_block(self, node: nodes.Expr) -> nodes.Block | None:
        if not isinstance(node, nodes.Call) or not isinstance(node.node, nodes.Getattr):
            return None
        holder = node.node.node
        is_self = isinstance(holder, nodes.Name) and holder.name == "self"
        return self._blocks.get(node.node.attr) if is_self else None

    def _if(self, node: nodes.If) -> Iterator[nodes.Node]:
        """Yield what becomes of a choice: what was chosen, where it is known."""
        value = self._value(node.test)
        if value is _UNKNOWN:
            body, others = self._list(node.body), self._list(node.else_)
            elifs = [cast(nodes.If, self._copied(other)) for other in node.elif_]
            yield nodes.If(self.of(node.test), body, elifs, others, lineno=node.lineno)
        elif value:
            yield from self._list(node.body)
        elif node.elif_:
            first, *others = node.elif_
            yield from self._if(
                nodes.If(first.test, first.body, others, node.else_, lineno=first.lineno)
            )
        else:
            yield from self._list(node.else_)

    def _include(self, node: nodes.Include) -> nodes.Node:
        """Return what is included as a part of the template, where it is text alone."""
        if not isinstance(node.template, nodes.Const) or node.ignore_missing:
            return self._copied(node)
        texts = list(_texts(self._environment.parsed(node.template.value).body))
        if any(text is None for text in texts):
            return self._copied(node)
        data = nodes.TemplateData("".join(text or "" for text in texts))
        return nodes.Output([data], lineno=node.lineno)

    def _known_expression(self, node: nodes.Expr) -> nodes.Node | None:
        """Return an expression whose value is known, or None."""
        sentence = self._sentence(node)
        if sentence is not None or not self._known or isinstance(node, nodes.Literal):
            return sentence
        value = self._value(node)
        if isinstance(value, Markup):
            return nodes.MarkSafe(nodes.Const(str(value)), lineno=node.lineno)
        return nodes.Const(value, lineno=node.lineno) if isinstance(value, _PLAIN) else None

    def _sentence(self, node: nodes.Expr) -> nodes.Node | None:
        """Return a sentence as its translation, with what stands for its values."""
        text = self._translation(node)
        if text is None:
            return None
        call = cast(nodes.Call, node)
        # As the extension does: a percent sign is written twice in every sentence.
        if not call.kwargs:
            text = str(Markup(text) % {})  # noqa: S704
            return nodes.MarkSafe(nodes.Const(text), lineno=node.lineno)
        values = [nodes.Pair(nodes.Const(e.key), self.of(e.value)) for e in call.kwargs]
        sentence = nodes.MarkSafeIfAutoescape(nodes.Const(text), lineno=node.lineno)
        return nodes.Mod(sentence, nodes.Dict(values), lineno=node.lineno)

    def _translation(self, node: nodes.Expr) -> str | None:
        """Return the translation of a sentence, or None of anything else."""
        if not isinstance(node, nodes.Call) or not isinstance(node.node, nodes.Name):
            return None
        if node.node.name != _SENTENCE or len(node.args) != 1 or node.dyn_args or node.dyn_kwargs:
            return None
        message = node.args[0]
        if not isinstance(message, nodes.Const) or not isinstance(message.value, str):
            return None
        return catalogue(self._environment.lang).gettext(message.value)

    def _spoken(self, node: nodes.Expr) -> Iterator[nodes.Expr]:
        """Yield the words of a sentence and its values in turn; nothing where it is not so plain.

        Each value is put into the page as if it stood there by itself, which is the same.
        """
        text = self._translation(node) if self._is_escaped else None
        words = _PLACES.split(text or "")
        values = {entry.key: entry.value for entry in getattr(node, "kwargs", ())}
        if any("%" in word for word in words[::2]) or values.keys() != set(words[1::2]):
            return
        for at, word in enumerate(words if text else ()):
            yield cast(nodes.Expr, self.of(values[word])) if at % 2 else nodes.TemplateData(word)

    def _value(self, node: nodes.Node) -> Any:
        """Return the value of an expression, if it is known."""
        if isinstance(node, nodes.Const):
            return node.value
        if isinstance(node, nodes.Name):
            return self._known.get(node.name, _UNKNOWN) if node.ctx == "load" else _UNKNOWN
        if isinstance(node, nodes.Not):
            value = self._value(node.node)
            return value if value is _UNKNOWN else not value
        if isinstance(node, nodes.Getattr):
            holder = self._value(node.node)
            if holder is _UNKNOWN:
                return _UNKNOWN
            value = self._environment.getattr(holder, node.attr)
            return _UNKNOWN if isinstance(value, jinja2.Undefined) else value
        return self._called(node) if isinstance(node, nodes.Call) else _UNKNOWN

    def _called(self, node: nodes.Call) -> Any:
        """Return what a function that is known returns, if all it is given is known."""
        function = self._value(node.node)
        if function is _UNKNOWN or node.kwargs or node.dyn_args or node.dyn_kwargs:
            return _UNKNOWN
        values = [self._value(argument) for argument in node.args]
        return _UNKNOWN if _UNKNOWN in values else function(*values)


def _add(body: list[Any], node: nodes.Node) -> None:
    """Add a statement; what is put into a page at once is one statement."""
    if isinstance(node, nodes.Output) and body and isinstance(body[-1], nodes.Output):
        body[-1].nodes.extend(node.nodes)
    else:
        body.append(node)


def _is_data(node: nodes.Node) -> bool:
    return isinstance(node, nodes.TemplateData)


def _assigned(parts: Iterable[nodes.Node]) -> Iterator[str]:
    """Yield the names that get a value of their own in parts of a template."""
    for node in parts:
        if (isinstance(node, nodes.Name) and node.ctx != "load") or isinstance(node, nodes.Macro):
            yield node.name
        elif isinstance(node, nodes.FromImport):
            yield from (name if isinstance(name, str) else name[1] for name in node.names)
        elif isinstance(node, nodes.Import):
            yield node.target


def _texts(body: list[nodes.Node]) -> Iterator[str | None]:
    """Yield the texts of a template; None stands for anything else."""
    for node in body:
        parts = node.nodes if isinstance(node, nodes.Output) else [None]
        for part in parts:
            yield part.data if isinstance(part, nodes.TemplateData) else None
