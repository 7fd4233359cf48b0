# SPDX-License-Identifier: GPL-3.0-or-later
"""What may be changed in a source: one operator, number, word or statement at a time."""

from __future__ import annotations

import ast
import dataclasses
import typing as t

COMPARISONS: dict[type[ast.cmpop], str] = {
    ast.Lt: "<=",
    ast.LtE: "<",
    ast.Gt: ">=",
    ast.GtE: ">",
    ast.Eq: "!=",
    ast.NotEq: "==",
    ast.In: "not in",
    ast.NotIn: "in",
    ast.Is: "is not",
    ast.IsNot: "is",
}
ARITHMETIC: dict[type[ast.operator], str] = {
    ast.Add: "-",
    ast.Sub: "+",
    ast.Mult: "/",
    ast.Div: "*",
    ast.FloorDiv: "*",
    ast.Mod: "*",
    ast.Pow: "*",
}


@dataclasses.dataclass(frozen=True)
class Change:
    """The bytes from ``start`` to ``end`` of a source become ``text``.

    ``line`` counts from 1; ``lines`` are those of the statement around it, and ``imported`` says that it is carried out
    when the file is imported.
    """

    kind: str
    line: int
    start: int
    end: int
    text: str
    lines: range
    imported: bool

    def applied(self, source: bytes) -> bytes:
        return source[: self.start] + self.text.encode() + source[self.end :]


def changes_of(source: bytes) -> list[Change]:
    """Every change that can be made to a source, in the order of the source."""
    found = _Finder(source)
    found.visit(ast.parse(source))
    return sorted(found.changes, key=lambda change: (change.start, change.end, change.kind))


class _Finder(ast.NodeVisitor):
    """Strings are left alone, and so is what only says how something is defined: annotations and decorators."""

    def __init__(self, source: bytes) -> None:
        self._source = source
        self._depth = 0
        self._lines = range(0)
        self._starts = [0]
        for line in source.splitlines(keepends=True):
            self._starts.append(self._starts[-1] + len(line))
        self.changes: list[Change] = []

    def _span(self, node: ast.expr | ast.stmt) -> tuple[int, int]:
        assert node.end_lineno is not None and node.end_col_offset is not None
        return (
            self._starts[node.lineno - 1] + node.col_offset,
            self._starts[node.end_lineno - 1] + node.end_col_offset,
        )

    def _text(self, node: ast.expr) -> str:
        start, end = self._span(node)
        return self._source[start:end].decode()

    def _add(self, kind: str, line: int, start: int, end: int, text: str) -> None:
        self.changes.append(Change(kind, line, start, end, text, self._lines, imported=self._depth == 0))

    def _change(self, kind: str, node: ast.expr | ast.stmt, text: str) -> None:
        self._add(kind, node.lineno, *self._span(node), text)

    def _operator(self, kind: str, left: ast.expr, right: ast.expr, was: str, text: str) -> None:
        """The operator stands between its operands, and brackets or a line break may stand there as well."""
        start, end = self._span(left)[1], self._span(right)[0]
        between = self._source[start:end]
        at = between.find(was.encode())
        if at >= 0:
            line = (left.end_lineno or left.lineno) + between[:at].count(b"\n")
            self._add(kind, line, start + at, start + at + len(was), text)

    def visit(self, node: ast.AST) -> t.Any:
        """Notes the lines of the innermost statement; of one that holds others, only its head."""
        if not isinstance(node, ast.stmt):
            return super().visit(node)
        around = self._lines
        body = getattr(node, "body", None)
        last = body[0].lineno - 1 if body else node.end_lineno or node.lineno
        self._lines = range(node.lineno, max(last, node.lineno) + 1)
        super().visit(node)
        self._lines = around

    # -- what is not looked into ---------------------------------------------------------------------------------

    def _function(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        for default in (*node.args.defaults, *filter(None, node.args.kw_defaults)):
            self.visit(default)
        self._depth += 1
        for part in node.body:
            self.visit(part)
        self._depth -= 1

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        self._function(node)

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> None:
        self._function(node)

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        for part in node.body:
            self.visit(part)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        if node.value is not None:
            self.visit(node.value)

    def visit_Call(self, node: ast.Call) -> None:
        # t.cast and t.TypeVar speak to the type checker alone.
        if not (isinstance(node.func, ast.Attribute) and self._text(node.func) in ("t.cast", "t.TypeVar")):
            self.generic_visit(node)
        elif node.func.attr == "cast":
            self.visit(node.args[1])

    def visit_JoinedStr(self, node: ast.JoinedStr) -> None:
        """Before Python 3.12 the parts of an f-string do not tell where they stand."""

    # -- what is changed -----------------------------------------------------------------------------------------

    def visit_Compare(self, node: ast.Compare) -> None:
        left = node.left
        for operator, right in zip(node.ops, node.comparators):
            was = _word(operator)
            self._operator("comparison", left, right, was, COMPARISONS[type(operator)])
            left = right
        self.generic_visit(node)

    def visit_BinOp(self, node: ast.BinOp) -> None:
        text = ARITHMETIC.get(type(node.op))
        strings = any(
            isinstance(side, ast.JoinedStr) or (isinstance(side, ast.Constant) and isinstance(side.value, (str, bytes)))
            for side in (node.left, node.right)
        )
        if text is not None and not strings:
            self._operator("arithmetic", node.left, node.right, _word(node.op), text)
        self.generic_visit(node)

    def visit_BoolOp(self, node: ast.BoolOp) -> None:
        was, text = ("and", "or") if isinstance(node.op, ast.And) else ("or", "and")
        if len(node.values) == 2:
            self._operator("and, or", node.values[0], node.values[1], was, text)
        self.generic_visit(node)

    def visit_Constant(self, node: ast.Constant) -> None:
        if isinstance(node.value, bool):
            self._change("boolean", node, str(not node.value))
        elif isinstance(node.value, (int, float)):
            self._change("number", node, repr(node.value + 1))

    def visit_UnaryOp(self, node: ast.UnaryOp) -> None:
        if isinstance(node.op, ast.Not):
            self._change("negation", node, f"bool({self._text(node.operand)})")
        self.generic_visit(node)

    def _condition(self, test: ast.expr) -> None:
        if not isinstance(test, (ast.Compare, ast.UnaryOp, ast.Constant)) and "TYPE_CHECKING" not in self._text(test):
            self._change("negation", test, f"(not ({self._text(test)}))")

    def visit_If(self, node: ast.If) -> None:
        if "TYPE_CHECKING" in self._text(node.test):
            return
        self._condition(node.test)
        self.generic_visit(node)

    def visit_While(self, node: ast.While) -> None:
        self._condition(node.test)
        self.generic_visit(node)

    def visit_IfExp(self, node: ast.IfExp) -> None:
        self._condition(node.test)
        self.generic_visit(node)

    def visit_comprehension(self, node: ast.comprehension) -> None:
        for test in node.ifs:
            self._condition(test)
        self.generic_visit(node)

    def visit_Return(self, node: ast.Return) -> None:
        if node.value is not None and not (isinstance(node.value, ast.Constant) and node.value.value is None):
            self._change("return", node, "return None")
        self.generic_visit(node)

    def visit_Expr(self, node: ast.Expr) -> None:
        if isinstance(node.value, ast.Call):
            self._change("call left out", node, "pass")
        self.generic_visit(node)


_WORDS: dict[type[ast.AST], str] = {
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
    ast.Eq: "==",
    ast.NotEq: "!=",
    ast.In: "in",
    ast.NotIn: "not in",
    ast.Is: "is",
    ast.IsNot: "is not",
    ast.Add: "+",
    ast.Sub: "-",
    ast.Mult: "*",
    ast.Div: "/",
    ast.FloorDiv: "//",
    ast.Mod: "%",
    ast.Pow: "**",
}


def _word(operator: ast.cmpop | ast.operator) -> str:
    return _WORDS[type(operator)]


def all_changes(files: t.Mapping[str, bytes]) -> list[tuple[str, Change]]:
    return [(name, change) for name, source in sorted(files.items()) for change in changes_of(source)]
