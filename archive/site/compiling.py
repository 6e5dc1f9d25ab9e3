"""Templates compiled for many pages: what each of them costs is taken down to what it differs in.

What is known of a template is put in its place (:mod:`archive.site.specialising`), functions are
called without the detour that Jinja takes for those that want its context, and what is put into a
page passes one function that remembers it escaped. The pages are the same bytes as without any of
this.
"""

from __future__ import annotations

import keyword
from collections.abc import Callable, Iterable, Mapping, MutableMapping
from types import CodeType
from typing import Any, cast

import jinja2
from jinja2 import nodes, runtime, utils
from jinja2.bccache import Bucket
from jinja2.compiler import CodeGenerator, Frame
from jinja2.lexer import Lexer
from markupsafe import Markup, escape

from archive.site.specialising import depends_on, every_node, specialised

# No name of a template can be one in its Python: those begin with l_, t_ and the like.
_SHOWN = "shown"
# What Jinja gives a macro for an argument that was left out.
_LEFT_OUT = utils.missing
# These ask for the context, as functions that the i18n extension installs.
_WITH_CONTEXT = frozenset({"_", "gettext", "ngettext", "pgettext", "npgettext"})
_MOST_CODES = 1 << 9


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
        written = str.__new__(Written, text)
        written.is_whole = True
        return written


class PageEnvironment(jinja2.Environment):
    """An environment for pages of one language.

    Attributes:
        lang: The language.
        known: What is the same on every page, by name: plain data, and functions that return the
            same for the same. Only for templates that ship, which give none of these another value.
        shown: Returns what is put into a page as it stands there: escaped, and finalized.
        macro: What macros are.
        is_for_few: Whether so few pages follow that what is known is looked up on each of them,
            which is less than to put it in its place first, for each language by itself.
    """

    lang = "en"
    is_for_few = False
    known: Mapping[str, Any] = {}
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
        return {**self.globals, **self.known, **(d or {})}

    def parsed(self, name: str) -> nodes.Template:
        """Return the template with a name as Jinja reads it; it is not to be changed."""
        loader = cast(jinja2.BaseLoader, self.loader)
        source, path, _is_fresh = loader.get_source(self, name)
        return self._parse(source, name, path)

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        """Return a template as Jinja reads it; those that ship are read once for all languages."""
        if self.is_for_few or not isinstance(self.bytecode_cache, CompiledTemplates):
            return super()._parse(source, name, filename)
        trees, key = self.bytecode_cache.trees, (source, name, self.lexer)
        if key not in trees:
            trees[key] = super()._parse(source, name, filename)
        return trees[key]


class CompiledTemplates(jinja2.BytecodeCache):
    """Templates that were read and compiled, for as long as the process runs.

    Only for templates that ship: what they include or extend does not change.

    Attributes:
        trees: Templates as they were read, by source, name and how they are read.
    """

    def __init__(self) -> None:
        self.trees: dict[tuple[str, str | None, Lexer], nodes.Template] = {}
        self._codes: dict[tuple[str, str], CodeType] = {}

    def get_bucket(
        self, environment: jinja2.Environment, name: str, filename: str | None, source: str
    ) -> Bucket:
        """Return what is kept of a template, for its language and what is known of its pages."""
        pages = cast(PageEnvironment, environment)
        key = f"{self.get_cache_key(name, filename)} of few"
        if not pages.is_for_few:
            tree = pages._parse(source, name, filename)
            known = {name: pages.known[name] for name in depends_on(tree, pages.known)}
            key = f"{self.get_cache_key(name, filename)} {pages.lang} {known}"
        bucket = Bucket(environment, key, self.get_source_checksum(source))
        self.load_bytecode(bucket)
        return bucket

    def load_bytecode(self, bucket: Bucket) -> None:
        """Give a template its code, if it was compiled before."""
        bucket.code = self._codes.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep the code of a template."""
        if bucket.code is not None:
            if len(self._codes) >= _MOST_CODES:
                self._codes.clear()
            self._codes[bucket.key, bucket.checksum] = bucket.code


COMPILED = CompiledTemplates()
"""Those of this process."""


class PageCode(CodeGenerator):
    """Writes the Python of a template."""

    def visit_Template(  # noqa: N802  (Jinja calls it so)
        self, node: nodes.Template, frame: Frame | None = None
    ) -> None:
        """Write a template, after what is known of it now was put in its place."""
        pages = cast(PageEnvironment, self.environment)
        known = node if pages.is_for_few else specialised(node, pages)
        self._is_whole = not any(isinstance(part, nodes.Extends) for part in every_node(known))
        super().visit_Template(known, frame)
        # Names that the functions of the template ask for when they are called.
        self.writeline(f"{_SHOWN} = environment.shown")
        self.writeline("Macro = environment.macro")

    def blockvisit(self, nodes: Iterable[nodes.Node], frame: Frame) -> None:
        """Write the parts of a page or block; what it puts into a page goes there at once."""
        is_outermost = frame.block_frame or (frame.rootlevel and self._is_whole)
        if not is_outermost or frame.buffer is not None:
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
