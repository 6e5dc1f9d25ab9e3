"""What a build of the site costs: ``python -m tests.bench.site PATH [RECORDS [FUNCTIONS]]``.

RECORDS (2,000; 0 is all) of the catalogue of Tate's artworks (``tate_artworks.csv.gz``) become an
archive without images, whose site is built in two languages. Printed are item pages a CPU second of
all processes, the largest memory, and ratios to two floors of the same run: writing the same bytes,
and as long a page with as many values in plain Jinja; then what the whole command takes for a site
from nothing, with the index of the search, the packages and whatever else a published site has,
again without a change, and after one title was edited, twice, with their ratios to that from
nothing. With FUNCTIONS the build stays in this process, and the ones that took most time follow.
"""

from __future__ import annotations

import cProfile
import os
import pstats
import re
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import jinja2

from archive.catalogue import Catalogue, CatalogueItem
from archive.kept_items import forget_caches
from archive.opening import Archive, create_archive
from archive.settings import Settings
from archive.site.build import SiteReport, build_site
from archive.site.json_ld import ItemJsonLd
from pipeline.derivative_sets import wanted_recipe
from pipeline.intake.delivery import read_delivery
from schemas.derivatives import DERIVATIVES_NAME, DerivativeSet
from schemas.events import utc_text
from schemas.records import day_of, json_bytes
from tests.bench import allow_bytecode
from tests.bench.checking import write_delivery

_AT = datetime(2026, 11, 21, 8, 30, tzinfo=UTC)
_VALUES = 130
"""What an item page puts into its template, about."""


def cpu_s() -> float:
    """Return CPU seconds of this process and the children it has waited for."""
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


def measured(deed: Callable[[], object]) -> tuple[float, float]:
    """Return CPU and wall seconds of a deed."""
    cpu, wall = cpu_s(), time.perf_counter()
    deed()
    return cpu_s() - cpu, time.perf_counter() - wall


def fill(archive: Archive, tate: Path, records: int) -> int:
    """Fill the archive's catalogue; return how many items it has."""
    with tempfile.TemporaryDirectory() as source:
        write_delivery(tate, Path(source), records)
        delivery = read_delivery(Path(source), profile=archive.profile, settings=archive.settings)
        with Catalogue.open(archive.layout.catalogue) as catalogue, catalogue.transaction():
            for number, item in enumerate(delivery.items):
                when = f"2026-10-{1 + number % 20:02}T08:30:00Z"
                record = item.record
                kept = CatalogueItem(record.item_id, 1, when, when, record, ())
                made = DerivativeSet(record.item_id, wanted_recipe(archive, kept), ())
                folder = archive.layout.derivatives_of(record.item_id)
                folder.mkdir(parents=True)
                (folder / DERIVATIVES_NAME).write_bytes(json_bytes(made.to_json()))
                catalogue.put(replace(kept, derivatives=made))
            catalogue.mark_complete()
    return len(delivery.items)


def edit(archive: Archive) -> None:
    """Change a title of an item in the middle."""
    with Catalogue.open(archive.layout.catalogue) as catalogue:
        ids = list(catalogue.item_ids())
        item = catalogue.get(ids[len(ids) // 2])
        assert item is not None
        first, *rest = item.record.statements
        assert first.term == "title", first
        statements = (replace(first, value=f"{first.value} (edited)"), *rest)
        record = replace(item.record, statements=statements)
        catalogue.put(replace(item, version=2, updated_at=utc_text(_AT), record=record))


def forget(archive: Archive) -> None:
    """Remove the site and all that is kept of it."""
    shutil.rmtree(archive.layout.site)
    forget_caches(archive.layout)


def build(archive: Archive) -> SiteReport:
    """Build the site, without the search index, which is measured by itself."""
    with Catalogue.open(archive.layout.catalogue) as catalogue:
        return build_site(
            archive.layout,
            archive.settings,
            archive.profile,
            lambda: catalogue.iter_public_rows(day_of(_AT)),
            write_search=lambda folder: (folder / "search-engine.js").touch(),
            at=utc_text(_AT),
            json_ld=ItemJsonLd(archive.profile, archive.settings),
            perhaps_closed=catalogue.iter_perhaps_closed,
            processes=archive.settings.jobs or os.cpu_count() or 1,
        )


def build_by_command(archive: Archive) -> None:
    """Run ``hoaban build``, with everything it does."""
    command = [sys.executable, "-c", "import cli; cli.main()", "build", "--archive"]
    root = Path(__file__).parent.parent.parent
    done = subprocess.run(
        [*command, str(archive.layout.root)], cwd=root, stdout=subprocess.DEVNULL, check=True
    )
    assert done.returncode == 0


def plain_page(page: str) -> jinja2.Template:
    """Return a template of plain Jinja that writes as much as a page does, with as many values."""
    step = len(page) // _VALUES
    text = re.sub("[{}]", "x", page)
    parts = (text[at * step : (at + 1) * step - 14] for at in range(_VALUES))
    whole = "".join(f"{part}{{{{ v{number} }}}}" for number, part in enumerate(parts))
    return jinja2.Environment(autoescape=True).from_string(whole)


def floors(archive: Archive, scratch: Path, pages: list[Path]) -> tuple[float, float]:
    """Return CPU seconds to write the bytes of some pages, and to render as many plain ones."""
    contents = [page.read_bytes() for page in pages]
    for folder in {page.parent for page in pages}:
        (scratch / folder.relative_to(archive.layout.site)).mkdir(parents=True)

    def write() -> None:
        for page, content in zip(pages, contents, strict=True):
            (scratch / page.relative_to(archive.layout.site)).write_bytes(content)

    template = plain_page(contents[0].decode())
    values = {f"v{number}": f"Value {number} of it" for number in range(_VALUES)}

    def render() -> None:
        for _page in pages:
            template.render(values)

    return measured(write)[0], measured(render)[0]


def main(tate: Path, records: int = 2000, functions: int = 0) -> None:
    """Measure and print."""
    say = sys.stdout.write
    with tempfile.TemporaryDirectory() as name:
        scratch = Path(name)
        settings = Settings(base_url="https://museum.example", jobs=1 if functions else 0)
        archive = create_archive(scratch / "museum", settings)
        items = fill(archive, tate, records)
        profiler = cProfile.Profile()
        if functions:
            profiler.enable()
        whole_s, wall_s = measured(lambda: build(archive))
        profiler.disable()
        pages = sorted(archive.layout.site.glob("*/items/*/*.html"))
        assert len(pages) == items * len(settings.languages)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        say(
            f"{items} records, {len(pages)} item pages: {whole_s:.1f} s CPU ({wall_s:.1f} s), "
            f"{len(pages) / whole_s:,.0f} item pages a CPU second; at most {peak:,.0f} MB\n"
        )
        writing_s, plain_s = floors(archive, scratch / "floor", pages[:4000])
        share = len(pages[:4000]) / len(pages)
        say(
            f"  {whole_s * share / writing_s:.1f} times writing their bytes,"
            f" {whole_s * share / plain_s:.1f} times plain Jinja\n"
        )
        from_nothing_s = 0.0
        for what, change in (
            ("from nothing", forget),
            ("nothing changed", lambda _archive: None),
            ("one title", edit),
            ("another title", edit),
        ):
            change(archive)
            again_s, wall_s = measured(lambda: build_by_command(archive))
            from_nothing_s = from_nothing_s or again_s
            say(
                f"hoaban build, {what}: {again_s:.2f} s CPU ({wall_s:.2f} s),"
                f" {again_s / from_nothing_s:.3f} of that from nothing\n"
            )
    if functions:
        pstats.Stats(profiler, stream=sys.stdout).sort_stats("tottime").print_stats(functions)


if __name__ == "__main__":
    allow_bytecode()
    main(Path(sys.argv[1]), *(int(word) for word in sys.argv[2:]))
