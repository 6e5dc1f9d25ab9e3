"""Vietnamese text from before Unicode: recognised, and brought to Unicode.

Until about 2005 Vietnamese was typed with fonts that drew Vietnamese letters over the codes of
other characters (``.VnTime``, ``VNI-Times``), or in eight-bit character sets. Registers from
those years are still delivered, as cells that read ``Trèng ®ång`` for *Trống đồng*.

* ``charsets``: the tables, and text in one of them as Unicode;
* ``viqr``: Vietnamese in ASCII (``Tro^'ng ddo^`ng``);
* ``readings``: every way such text reaches us, each by a name;
* ``fonts``: which table a font's name tells;
* ``syllables``: whether a word can be Vietnamese at all, which tells good text from bad;
* ``evidence``: what a column's words say of how it was written;
* ``repairs``: letters that were lost, or converted twice.

Invariant: no function raises for any text, and text that is Unicode already stays as it is.
"""
