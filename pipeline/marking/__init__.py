"""Findings given back in the museum's own sheet: coloured cells, comments, an index.

The workbook is changed part by part, never read and saved by a spreadsheet library, because each
of those loses something (pictures, charts, rich text, conditions). What is not marked stays as it
was, byte for byte.

Source: ECMA-376 (Office Open XML), part 1, sections 18.2, 18.3, 18.7 and 18.8.
"""
