"""What taking in a film and a sound costs: ``python -m tests.bench.recordings [SECONDS]``.

A film of 1920 × 1080 that moves over a photograph with grain, at 12 Mbit/s, and a stereo sound in
WAV, each so many seconds long (default 20), are made anew. The floor is one pass that decodes the
film, scales it and encodes it by the same encoder with the same options, and nothing else; the item
is what a worker does: digests, the check of every packet, the still, its pictures and tiles, the
copy. Seconds of processor time for a second of the film, the ratio to the floor, the copy's bits a
second, and the largest memory of the process that did it.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import av
from PIL import Image

from pipeline.recordings.access_copy import VIDEO_OPTIONS
from tests.imaging.making import derivative_set, run
from tests.imaging.recording_making import write_sound

_SIZE = (1920, 1080)
_FPS = 25
_RUNS = 3
_PHOTOGRAPHS = Path(__file__).parents[2] / "pipeline" / "sample"


def write_panorama(path: Path, seconds: int) -> None:
    """Write a film that moves over a photograph; its grain is another one in each frame."""
    photograph = max(_PHOTOGRAPHS.rglob("*.jpg"), key=lambda found: found.stat().st_size)
    with Image.open(photograph) as image:
        wide = image.convert("RGB").resize((_SIZE[0] * 2, _SIZE[1] * 2))
    grains = [Image.effect_noise(_SIZE, 24).convert("RGB") for _number in range(5)]
    with av.open(str(path), "w") as film:
        stream = film.add_stream("libx264", rate=_FPS, options={"preset": "ultrafast"})
        stream.width, stream.height = _SIZE
        stream.pix_fmt, stream.bit_rate = "yuv420p", 12_000_000
        for number in range(seconds * _FPS):
            left, top = number * 3 % _SIZE[0], number * 2 % _SIZE[1]
            seen = wide.crop((left, top, left + _SIZE[0], top + _SIZE[1]))
            frame = av.VideoFrame.from_image(Image.blend(seen, grains[number % 5], 0.06))
            frame.pts, frame.time_base = number, Fraction(1, _FPS)
            film.mux(stream.encode(frame))
        film.mux(stream.encode(None))


def transcode_bare(source: Path, target: Path) -> None:
    """Decode, scale and encode the pictures of a film, and nothing else."""
    with av.open(str(source)) as film, av.open(str(target), "w") as copy:
        stream = copy.add_stream("libx264", rate=_FPS, options=VIDEO_OPTIONS)
        stream.width, stream.height, stream.pix_fmt = 1280, 720, "yuv420p"
        film.streams.video[0].codec_context.thread_count = 2
        for frame in film.decode(video=0):
            scaled = frame.reformat(1280, 720, "yuv420p")
            scaled.pict_type = 0
            copy.mux(stream.encode(scaled))
        copy.mux(stream.encode(None))


def main() -> None:
    """Measure."""
    seconds = int(sys.argv[1]) if len(sys.argv) > 1 else 20
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        film, sound = folder / "film.mp4", folder / "sound.wav"
        write_panorama(film, seconds)
        write_sound(sound, "pcm_s16le", seconds=seconds)
        floors, items, sounds = [], [], []
        for _turn in range(_RUNS):
            floors.append(_cpu(lambda: transcode_bare(film, folder / "bare.mp4")))
            items.append(_cpu(lambda: run(folder / "film", film)))
            sounds.append(_cpu(lambda: run(folder / "sound", sound)))
        floor, item, heard = (statistics.median(found) for found in (floors, items, sounds))
        copy = derivative_set(run(folder / "film", film)).canvases[0].recording
        assert copy is not None
        print(f"film of {seconds} s, {film.stat().st_size * 8 / seconds / 1e6:.1f} Mbit/s")
        print(f"  floor       {floor / seconds:.2f} CPU s a second of film")
        print(f"  the item    {item / seconds:.2f} ({item / floor:.2f} times the floor)")
        print(f"  the copy    {copy.size_bytes * 8 / seconds / 1e6:.2f} Mbit/s")
        print(f"sound of {seconds} s: {heard / seconds:.3f} CPU s a second")
        for path in (film, sound):
            print(f"largest memory of {path.name}: {_memory_mb(path, folder):.0f} MB")


def _cpu(work: Callable[[], object]) -> float:
    before = time.process_time()
    work()
    return time.process_time() - before


def _memory_mb(path: Path, folder: Path) -> float:
    """Return what a process takes that works on one recording and does nothing else."""
    script = (
        "import sys; from pathlib import Path; from tests.imaging.making import run\n"
        "run(Path(sys.argv[1]), Path(sys.argv[2]))\n"
        # What getrusage says of a new process begins with the memory of the one that made it.
        "print(Path('/proc/self/status').read_text().split('VmHWM:')[1].split()[0])"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, str(folder / "alone"), str(path)],
        capture_output=True,
        check=True,
        text=True,
    )
    return int(done.stdout) / 1024


if __name__ == "__main__":
    main()
