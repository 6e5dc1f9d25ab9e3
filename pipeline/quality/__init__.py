"""Quality control in plain words: what is measured in each page, and what is said of it.

Measures come from small levels of the pixels that are decoded anyway (:mod:`.levels`), but for
sharpness, which needs some crops at full size. Measuring knows no thresholds; judging
(:mod:`.judging`) knows only numbers. ``docs/quality.md`` lists every measure with its limits.
"""
