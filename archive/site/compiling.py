"""Templates compiled for many pages: what is the same on each of them is worked out once.

A sentence becomes the text of its language, a drawing that is included becomes a
part of the template, functions are called without the detour that Jinja takes for those that want
its context, and what is put into a page passes one function that remembers it escaped. The pages
are the same bytes as without any of this.
"""

from __future__ import annotations

import functools
import keyword
from collections.abc import Callable, Iterable, Iterator, MutableMapping
from types import CodeType
from typing import Any, cast

import jinja2
from jinja2 import nodes, runtime, utils
from jinja2.bccache import Bucket
from jinja2.compiler import CodeGenerator, Frame
from jinja2.visitor import NodeTransformer
from markupsafe import Markup, escape

from schemas.messages import catalogue

_SENTENCE = "_"
# No name of a template can be one in its Python: those begin with l_, t_ and the like.
_SHOWN = "shown"
# What Jinja gives a macro for an argument that was left out.
_LEFT_OUT = utils.missing
# These ask for the context, as functions that the i18n extension installs.
_WITH_CONTEXT = frozenset({"_", "gettext", "ngettext", "pgettext", "npgettext"})


class Written(Markup):
    """What a macro wrote.

    Attributes:
        is_whole: Whether everything in it was put there as it stands in a page; not of what a
            filter made of it.
    """

    is_whole = False


class PageMacro(runtime.Macro):
    """A macro, called without the detours of what ours are not: volatile, or with a block."""

    def __call__(self, *args: Any, **kwargs: Any) -> str:
        """Return what it writes."""
        if kwargs or self.caller or self.catch_varargs or len(args) > self._argument_count:
            return super().__call__(*args, **kwargs)
        left = [_LEFT_OUT] * (self._argument_count - len(args))
        return self._invoke([*args, *left], self._default_autoescape)

    def _invoke(self, arguments: list[Any], autoescape: bool) -> str:
        text = self._func(*arguments)
        if not autoescape:
            return text
        written = Written(text)
        written.is_whole = True
        return written


class PageEnvironment(jinja2.Environment):
    """An environment for pages of one language.

    Attributes:
        lang: The language.
        shown: Returns what is put into a page as it stands there: escaped, and finalized.
        macro: What macros are.
    """

    lang = "en"
    shown: Callable[[Any], str] = staticmethod(escape)
    macro = PageMacro

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._templates: dict[str, jinja2.Template] = {}

    def get_template(
        self,
        name: str | jinja2.Template,
        parent: str | None = None,
        globals: MutableMapping[str, Any] | None = None,  # noqa: A002  (Jinja calls it so)
    ) -> jinja2.Template:
        """Return a template; every page asks for the same few, which never change meanwhile."""
        if not isinstance(name, str) or globals is not None:
            return super().get_template(name, parent, globals)
        found = self._templates.get(name)
        if found is None:
            self._templates[name] = found = super().get_template(name, parent)
        return found

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        """Return what every template knows: as one table, which each page begins with."""
        return {**self.globals, **(d or {})}


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
        # Names that the functions of the template ask for when they are called.
        self.writeline(f"{_SHOWN} = environment.shown")
        self.writeline("Macro = environment.macro")

    def blockvisit(self, nodes: Iterable[nodes.Node], frame: Frame) -> None:
        """Write the parts of a block; all that one puts into a page goes there at once."""
        if not frame.block_frame or frame.buffer is not None:
            super().blockvisit(nodes, frame)
            return
        self.buffer(frame)
        super().blockvisit(nodes, frame)
        self.writeline(f"yield concat({frame.buffer})")

    def visit_Include(self, node: nodes.Include, frame: Frame) -> None:  # noqa: N802
        """Write what is included; Jinja puts what has no context past the parts of a block."""
        if node.with_context or frame.buffer is None:
            super().visit_Include(node, frame)
            return
        if node.ignore_missing:
            self.writeline("try:")
            self.indent()
        self.writeline("template = environment.get_or_select_template(", node)
        self.visit(node.template, frame)
        self.write(f", {self.name!r})")
        if node.ignore_missing:
            self.outdent()
            self.writeline("except TemplateNotFound:")
            self.indent()
            self.writeline("pass")
            self.outdent()
            self.writeline("else:")
            self.indent()
        self.writeline(f"{frame.buffer}.extend(template._get_default_module()._body_stream)")
        if node.ignore_missing:
            self.outdent()

    def visit_Getattr(self, node: nodes.Getattr, frame: Frame) -> None:  # noqa: N802
        """Write an attribute: of an object that has it, as Python reads it."""
        self.write("(found if (found := getattr((holder := ")
        self.visit(node.node, frame)
        self.write(f"), {node.attr!r}, missing)) is not missing")
        self.write(f" else environment.getattr(holder, {node.attr!r}))")

    def _output_child_pre(self, node: nodes.Expr, frame: Frame, finalize: Any) -> None:
        if frame.eval_ctx.volatile or not frame.eval_ctx.autoescape:
            super()._output_child_pre(node, frame, finalize)
        else:
            self.write(f"{_SHOWN}(")

    def _output_child_post(self, node: nodes.Expr, frame: Frame, finalize: Any) -> None:
        if frame.eval_ctx.volatile or not frame.eval_ctx.autoescape:
            super()._output_child_post(node, frame, finalize)
        else:
            self.write(")")

    def visit_Call(  # noqa: N802
        self, node: nodes.Call, frame: Frame, forward_caller: bool = False
    ) -> None:
        """Write a call; of a plain function or a macro, as Python calls it."""
        called = node.node
        is_plain = isinstance(called, nodes.Getattr) or (
            isinstance(called, nodes.Name) and called.name not in _WITH_CONTEXT
        )
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
        """Turn a sentence into its translation, with what stands for its values."""
        self.generic_visit(node)
        is_sentence = isinstance(node.node, nodes.Name) and node.node.name == _SENTENCE
        if not is_sentence or len(node.args) != 1 or node.dyn_args or node.dyn_kwargs:
            return node
        message = node.args[0]
        if not isinstance(message, nodes.Const) or not isinstance(message.value, str):
            return node
        text = catalogue(self._environment.lang).gettext(message.value)
        # As the extension does: a percent sign is written twice in every sentence.
        if not node.kwargs:
            text = str(Markup(text) % {})  # noqa: S704
            return nodes.MarkSafe(nodes.Const(text), lineno=node.lineno)
        values = [nodes.Pair(nodes.Const(entry.key), entry.value) for entry in node.kwargs]
        sentence = nodes.MarkSafeIfAutoescape(nodes.Const(text), lineno=node.lineno)
        return nodes.Mod(sentence, nodes.Dict(values), lineno=node.lineno)

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
