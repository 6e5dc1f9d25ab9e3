"""The work on one item: copy and digest its scans, inspect them, make what people look at.

Promise: :func:`run_item` touches nothing outside its job's staging folder, may be run again at
any time, and either stages everything of an item or nothing. :func:`check_item` finds the same
faults and archives nothing.
"""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from pipeline.carried import is_profile_passed_over, program_in
from pipeline.colour import assumed_space
from pipeline.copying import Copy, read_scan
from pipeline.decode import PageHeader, ScanProblem, decode_page, decoding_page
from pipeline.derive import (
    CanvasSource,
    recipe_of,
    see_nothing,
    write_canvas,
    write_derivative_set,
    write_preview,
)
from pipeline.identify import Identity, identify
from pipeline.inspect import Header, read_header, zeros_at_end
from pipeline.jobs import Job, Outcome, Scan
from pipeline.lost_blocks import tells_lost_blocks
from pipeline.master import Master, events_of
from pipeline.memory import fits_in_memory
from pipeline.pronom import UNKNOWN, FormatName, name_format_apart
from pipeline.quality.crops import TileCrops
from pipeline.quality.heads import against_the_others
from pipeline.quality.judging import facts_of, judged, letters_on_their_heads, side_up
from pipeline.quality.look import Look
from pipeline.recordings.access_copy import write_access_copy
from pipeline.staging import make_empty, refusal_of_disk, write_error
from pipeline.target import target_findings
from pipeline.turns import Turns
from pipeline.vips import pyvips
from pipeline.watermark import within
from schemas.crosswalks.xmp import xmp_packet
from schemas.derivatives import Canvas, DerivativeSet
from schemas.findings import Finding, has_errors
from schemas.technical import longest_side

# Below it, zeros at the end are padding or a black margin.
_FEWEST_ZEROS = 4096
_ZERO_SHARE = 0.05
_SAFE_EXTENSION = re.compile(r"\.[a-z0-9]{1,8}")


class _Findings:
    """Collects the findings of one item."""

    def __init__(self, item_id: str) -> None:
        self._item_id = item_id
        self.all: list[Finding] = []
        self._sides: list[tuple[Scan, int]] = []
        self._on_heads: list[Scan] = []

    def add(self, code: str, scan: Scan, **values: object) -> None:
        """Add one finding about ``scan``."""
        self.all.append(Finding(code, path=scan.name, item_id=self._item_id, values=values))

    def add_target(self, picture: pyvips.Image, edition: str, scan: Scan) -> None:
        """Add what a colour target in a picture of ``scan`` says of its colours."""
        self.all.extend(target_findings(picture, edition, scan=scan.name, item_id=self._item_id))

    def add_quality(self, look: Look, master: Master, page: PageHeader, job: Job) -> None:
        """Add what is wrong with a page that was looked at, if that is wanted."""
        # The picture of a recording is none that anybody took so.
        if job.quality is not None and master.header.recording is None:
            facts = facts_of(page, master.header, object_mm=job.object_mm)
            measures = look.measure()
            self._sides.append((master.copy.scan, side_up(measures)))
            if letters_on_their_heads(measures):
                self._on_heads.append(master.copy.scan)
            for code, values in judged(measures, facts, job.quality):
                self.add(code, master.copy.scan, **values)

    def add_turned(self) -> None:
        """Add which scans stand on their heads, once all pages were looked at."""
        turned = against_the_others([side for _scan, side in self._sides])
        against = dict.fromkeys(self._sides[number][0] for number in turned)
        for scan in against:
            self.add("QUALITY-upside-down", scan)
        for scan in dict.fromkeys(self._on_heads):
            if scan not in against:
                self.add("QUALITY-letters-upside-down", scan)


def run_item(job: Job, *, at: str) -> Outcome:
    """Do all the work on one item, in its staging folder.

    Every scan is looked at even when an earlier one is bad, so that one run tells everything;
    after an error nothing stays staged.

    Args:
        job: The item and its scans.
        at: The time that the events name, RFC 3339 in UTC.

    Raises:
        StoreWriteError: The disk refuses a write in staging. It is no fault of the item, so it
            is no finding.
        MemoryError: The memory limit does not allow it.
    """
    findings = _Findings(job.item_id)
    try:
        make_empty(job.staging)
        masters, canvases = _stage(job, findings)
        findings.add_turned()
        if has_errors(findings.all):
            make_empty(job.staging)
            return Outcome(job.item_id, findings=tuple(findings.all))
        folder = job.staging / "derivatives"
        recipe = recipe_of(
            job.settings,
            ((m.copy.sha512, len(m.header.pages)) for m in masters),
            job.credit,
            readers=(name for master in masters for name in master.readers),
            limits=job.limits,
            longest_px=longest_side(master.technical for master in masters),
        )
        sources = tuple(master.copy.sha512 for master in masters)
        mark = job.limits.watermark.digest if job.limits.watermark else ""
        made = DerivativeSet(job.item_id, recipe, tuple(canvases), sources, mark)
        write_derivative_set(made, folder)
    except (OSError, pyvips.Error) as error:
        # A fault of a scan is a ScanProblem by now. What is left is a write that failed, or an
        # image that no JPEG can hold: the disk is asked which of the two it was.
        refusal = error if isinstance(error, OSError) else refusal_of_disk(job.staging)
        shutil.rmtree(job.staging, ignore_errors=True)
        if refusal is None:
            raise
        raise write_error(job.staging, refusal) from error
    except MemoryError:
        shutil.rmtree(job.staging, ignore_errors=True)
        raise
    return Outcome(
        item_id=job.item_id,
        technical=tuple(master.technical for master in masters),
        masters=tuple((m.copy.scan.master_path, m.copy.path) for m in masters)
        if job.copy_masters
        else (),
        derivatives=folder,
        events=tuple(events_of(masters, job, at)),
        findings=tuple(findings.all),
    )


def check_item(job: Job) -> Outcome:
    """Look at every scan of an item, decode it whole, and keep nothing but previews."""
    findings = _Findings(job.item_id)
    turns = Turns(job.memory_mb)
    masters = []
    pictures: list[tuple[str, str]] = []
    for number, scan in enumerate(job.scans, start=1):
        try:
            master = _inspect(read_scan(scan, None), job, findings)
            for index, page in enumerate(master.header.pages):
                with turns.taken_for(page), _decoded(master, page, job) as image:
                    if job.target_edition:
                        findings.add_target(image, job.target_edition, scan)
                    if job.quality is not None and master.header.recording is None:
                        look = Look.at(image)
                        pictures.append((scan.name, look.fingerprint))
                        findings.add_quality(look, master, page, job)
                    if job.has_previews and index == 0:
                        write_preview(image, *job.preview_of(number), quality=job.settings.quality)
            masters.append(master)
        except ScanProblem as problem:
            findings.add(problem.code, scan, **problem.values)
    findings.add_turned()
    return Outcome(
        item_id=job.item_id,
        technical=tuple(master.technical for master in masters),
        findings=tuple(findings.all),
        pictures=tuple(pictures),
    )


def _stage(job: Job, findings: _Findings) -> tuple[list[Master], list[Canvas]]:
    folder = job.staging / "derivatives"
    folder.mkdir()
    copies = job.staging / "masters"
    if job.copy_masters:
        copies.mkdir()
    turns = Turns(job.memory_mb)
    masters: list[Master] = []
    canvases: list[Canvas] = []
    for number, scan in enumerate(job.scans, start=1):
        target = copies / f"{number:04d}{_extension(scan)}" if job.copy_masters else None
        try:
            master = _inspect(read_scan(scan, target), job, findings)
            for page, header in enumerate(master.header.pages):
                with turns.taken_for(header):
                    canvas = _canvas(master, page, folder, job, len(canvases) + 1, findings)
                canvases.append(canvas)
                if job.target_edition:
                    access = folder / canvas.key / canvas.access.name
                    picture = pyvips.Image.new_from_file(os.fsencode(access))
                    findings.add_target(picture, job.target_edition, scan)
            masters.append(master)
        except ScanProblem as problem:
            shutil.rmtree(folder / f"{len(canvases) + 1:04d}", ignore_errors=True)  # begun tiles
            findings.add(problem.code, scan, **problem.values)
    return masters, canvases


def _canvas(
    master: Master, page: int, folder: Path, job: Job, number: int, findings: _Findings
) -> Canvas:
    """Make everything of one page, and of a recording the copy to play."""
    canvas = _pictured(master, page, folder, job, number, findings)
    played = master.header.recording
    if played is None:
        return canvas
    # Drawings of sound look alike, and nothing can be drawn on a recording.
    canvas = replace(canvas, fingerprint="")
    if job.limits.watermark:
        return canvas
    longest_px = min(job.settings.film_px, job.limits.max_px or job.settings.film_px)
    place = folder / canvas.key
    made = write_access_copy(
        master.copy.path, master.identity, played, place, longest_px=longest_px
    )
    if made.gaps:
        findings.add("RECORDING-gaps", master.copy.scan, count=made.gaps)
    size_bytes = canvas.size_bytes + made.file.size_bytes
    return replace(canvas, recording=made.file, files=canvas.files + 1, size_bytes=size_bytes)


def _pictured(
    master: Master, page: int, folder: Path, job: Job, number: int, findings: _Findings
) -> Canvas:
    """Decode one page, counted as technical.json lists them, and make its pictures."""
    header = master.header.pages[page]
    source = CanvasSource(
        key=f"{number:04d}",
        master=master.copy.scan.master_path,
        page=page,
        label=master.copy.scan.label,
        is_document=header.colour_space == "bilevel",
        xmp=xmp_packet(job.credit, source=f"hash://sha256/{master.copy.sha256}"),
    )
    limits = job.limits
    if not (limits.watermark or limits.reduces(max(header.width_px, header.height_px))):
        with decoding_page(master.copy.path, master.identity, header) as image:
            if image is not None:
                look = Look(TileCrops.of(image, folder / source.key, job.settings.tile_px))
                canvas = write_canvas(image, folder, job.settings, source, see=look.see)
                findings.add_quality(look, master, header, job)
                return replace(canvas, fingerprint=look.fingerprint)
    with _decoded(master, header, job) as decoded:
        # The scan itself is looked at, not what may be shown of it.
        look = Look.at(decoded)
        image = within(decoded, limits, memory_mb=job.memory_mb)
        see = look.see if image is decoded else see_nothing
        mark = limits.watermark
        canvas = write_canvas(image, folder, job.settings, source, mark=mark, see=see)
        findings.add_quality(look, master, header, job)
        return replace(canvas, fingerprint=look.fingerprint)


@contextmanager
def _decoded(master: Master, page: PageHeader, job: Job) -> Iterator[pyvips.Image]:
    """Give a page's pixels, in memory or, where they do not fit, in a file of the staging folder.

    Raises:
        ScanProblem: The page is damaged.
    """
    if fits_in_memory(page.width_px, page.height_px, memory_mb=job.memory_mb):
        yield decode_page(master.copy.path, master.identity, page)
        return
    job.staging.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=job.staging, ignore_cleanup_errors=True) as folder:
        # Windows keeps a file that libvips has not closed yet: it goes with the staging folder.
        scratch = Path(folder) / "page.tif"
        yield decode_page(master.copy.path, master.identity, page, scratch=scratch)


def _inspect(copy: Copy, job: Job, findings: _Findings) -> Master:
    """Find out what a copied scan is; everything that can be known without decoding it.

    Raises:
        ScanProblem: It must not or cannot be decoded.
    """
    if copy.size_bytes == 0:
        raise ScanProblem("SCAN-empty")
    try:
        identity = identify(copy.path)
        if identity.format is None:
            raise ScanProblem("SCAN-not-an-image", found=_words_for(copy.path, identity))
        header = read_header(copy.path, identity, job.settings)
    except OSError as error:
        raise ScanProblem("SCAN-unreadable", reason=_reason(error)) from error
    limit = job.settings.max_megapixels
    largest = max(page.stored_width_px * page.stored_height_px for page in header.pages)
    if largest > limit * 1_000_000:
        megapixels = -(-largest // 1_000_000)
        raise ScanProblem("SCAN-too-large", megapixels=megapixels, limit=limit)
    extension = Path(copy.scan.name).suffix
    if extension and extension.lower() not in identity.format.extensions:
        findings.add("SCAN-extension", copy.scan, extension=extension, found=identity.format.name)
    if header.recording is None:
        _judge_end(copy, header, findings)  # silence is zeros, too
    if copy.lost.count and tells_lost_blocks(copy.path, identity):
        lost = copy.lost
        findings.add("SCAN-lost-blocks", copy.scan, count=lost.count, first_at=lost.first_at)
    _judge_profile(header.pages[0], copy, identity, findings)
    _judge_carried(copy, header, findings)
    _judge_pages(header, copy.scan, findings)
    return Master(copy, identity, header)


def _words_for(path: Path, identity: Identity) -> str:
    """Say what a file is that cannot be opened, in PRONOM's words if it is not in our list."""
    name = FormatName() if identity.is_known else name_format_apart(path)
    return f"{name.name} ({name.puid})" if name.puid != UNKNOWN else identity.found


def _judge_profile(page: PageHeader, copy: Copy, identity: Identity, findings: _Findings) -> None:
    assumed = assumed_space(page.colour_space)
    if page.profile is not None and page.profile.is_usable:
        return
    if page.profile is not None or is_profile_passed_over(copy.path, identity):
        findings.add("SCAN-bad-profile", copy.scan, assumed=assumed)
    elif page.colour_space in {"rgb", "cmyk", "lab"} and not page.is_srgb:
        findings.add("SCAN-no-profile", copy.scan, assumed=assumed)


def _judge_carried(copy: Copy, header: Header, findings: _Findings) -> None:
    """Tell what the file carries beside its picture."""
    if program := program_in(copy.path):
        findings.add("SCAN-program", copy.scan, found=program)
    if header.is_exif_damaged:
        findings.add("SCAN-bad-exif", copy.scan)
    if header.has_place:
        findings.add("SCAN-place", copy.scan)


def _judge_end(copy: Copy, header: Header, findings: _Findings) -> None:
    """Tell a file that ends in zeros: a decoder may show them as black and say nothing."""
    if header.pages[0].colour_space == "cmyk":
        return  # no ink is zero, so a white margin ends so
    zeros = zeros_at_end(copy.path)
    if zeros >= max(_FEWEST_ZEROS, copy.size_bytes * _ZERO_SHARE):
        findings.add("SCAN-zero-end", copy.scan, percent=round(100 * zeros / copy.size_bytes))


def _judge_pages(header: Header, scan: Scan, findings: _Findings) -> None:
    """Tell what of a file its derivatives will not show, once a file."""
    shallow = next((page for page in header.pages if page.bits_read < page.bits), None)
    if shallow is not None:
        findings.add("SCAN-depth", scan, bits=shallow.bits, bits_read=shallow.bits_read)
    unscaled = next((page for page in header.pages if not page.has_scale), None)
    if unscaled is not None:
        findings.add("SCAN-scaled", scan, bits=unscaled.bits)
    if header.images > len(header.pages):
        findings.add("SCAN-more-images", scan, count=header.images)


def _extension(scan: Scan) -> str:
    extension = Path(scan.name).suffix.lower()
    return extension if _SAFE_EXTENSION.fullmatch(extension) else ".bin"


def _reason(error: OSError) -> str:
    return error.strerror or str(error)
