"""Templates compiled for many pages: what is the same on each of them is worked out once.

A sentence without values becomes the text of its language, a drawing that is included becomes a
part of the template, and functions are called without the detour that Jinja takes for those that
want its context. The pages are the same bytes as without any of this.
"""

from __future__ import annotations

import functools
import keyword
from collections.abc import Iterator
from types import CodeType
from typing import cast

import jinja2
from jinja2 import nodes
from jinja2.bccache import Bucket
from jinja2.compiler import CodeGenerator, Frame
from jinja2.visitor import NodeTransformer
from markupsafe import Markup

from schemas.messages import catalogue

_SENTENCE = "_"
# These ask for the context, as functions that the i18n extension installs.
_WITH_CONTEXT = frozenset({"_", "gettext", "ngettext", "pgettext", "npgettext"})


class PageEnvironment(jinja2.Environment):
    """An environment for pages of one language.

    Attributes:
        lang: The language.
    """

    lang = "en"


class CompiledTemplates(jinja2.BytecodeCache):
    """Compiled templates of one language, for as long as the process runs.

    Only for templates that ship: what they include does not change.
    """

    def __init__(self) -> None:
        self._codes: dict[tuple[str, str], CodeType] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Give a template its code, if it was compiled before."""
        bucket.code = self._codes.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep the code of a template."""
        if bucket.code is not None:
            self._codes[bucket.key, bucket.checksum] = bucket.code


@functools.cache
def compiled_templates(lang: str) -> CompiledTemplates:
    """Return what was compiled for pages of ``lang``."""
    return CompiledTemplates()


class PageCode(CodeGenerator):
    """Writes the Python of a template."""

    def visit_Template(  # noqa: N802  (Jinja calls it so)
        self, node: nodes.Template, frame: Frame | None = None
    ) -> None:
        """Write a template, after what is known of it now was put in its place."""
        known = _Known(cast(PageEnvironment, self.environment)).visit(node)
        super().visit_Template(known, frame)

    def visit_Call(  # noqa: N802
        self, node: nodes.Call, frame: Frame, forward_caller: bool = False
    ) -> None:
        """Write a call; of a plain function or a macro, as Python calls it."""
        is_plain = isinstance(node.node, nodes.Name) and node.node.name not in _WITH_CONTEXT
        is_reserved = any(keyword.iskeyword(argument.key) for argument in node.kwargs)
        is_plain = is_plain and not (node.dyn_args or node.dyn_kwargs or is_reserved)
        if forward_caller or not is_plain:
            super().visit_Call(node, frame, forward_caller=forward_caller)
            return
        self.visit(node.node, frame)
        before = "("
        for argument in (*node.args, *node.kwargs):
            self.write(before)
            self.visit(argument, frame)
            before = ", "
        self.write(")" if before == ", " else "()")


class _Known(NodeTransformer):
    """Puts in its place what is known when a template is compiled."""

    def __init__(self, environment: PageEnvironment) -> None:
        self._environment = environment

    def visit_Call(self, node: nodes.Call) -> nodes.Node:  # noqa: N802
        """Turn a sentence without values into its translation."""
        self.generic_visit(node)
        is_sentence = isinstance(node.node, nodes.Name) and node.node.name == _SENTENCE
        if not is_sentence or len(node.args) != 1 or node.kwargs or node.dyn_args:
            return node
        message = node.args[0]
        if not isinstance(message, nodes.Const) or not isinstance(message.value, str):
            return node
        text = catalogue(self._environment.lang).gettext(message.value)
        # As the extension does: a percent sign is written twice in every sentence.
        return nodes.MarkSafe(nodes.Const(str(Markup(text) % {})), lineno=node.lineno)  # noqa: S704

    def visit_Include(self, node: nodes.Include) -> nodes.Node:  # noqa: N802
        """Turn what is included into a part of the template, where it is text alone."""
        if not isinstance(node.template, nodes.Const) or node.ignore_missing:
            return node
        environment = self._environment
        loader = cast(jinja2.BaseLoader, environment.loader)
        source, _path, _is_fresh = loader.get_source(environment, node.template.value)
        texts = list(_texts(environment.parse(source, node.template.value).body))
        if any(text is None for text in texts):
            return node
        return nodes.Output(
            [nodes.TemplateData("".join(text or "" for text in texts))], lineno=node.lineno
        )


def _texts(body: list[nodes.Node]) -> Iterator[str | None]:
    """Yield the texts of a template; None stands for anything else."""
    for node in body:
        parts = node.nodes if isinstance(node, nodes.Output) else [None]
        for part in parts:
            yield part.data if isinstance(part, nodes.TemplateData) else None
