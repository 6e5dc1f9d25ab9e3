from __future__ import annotations

import shutil
import sys
from dataclasses import replace
from fractions import Fraction

import av
import pytest

from archive.limits import Limits, Watermark
from archive.settings import DerivativeSettings
from pipeline.identify import identify
from pipeline.naming import add_names
from pipeline.problem import ScanProblem
from pipeline.recordings import access_copy
from pipeline.recordings.opening import Streams, packets_of
from pipeline.recordings.patience import more_time_s
from pipeline.work import check_item, run_item
from schemas.errors import StoreWriteError
from schemas.technical import parse_technical_document, technical_document
from tests.imaging.making import AT, codes, derivative_set, job_for, picture, run
from tests.imaging.recording_making import cut_short, write_film, write_sound

FILMS = {
    "film.mp4": {},
    "film.mov": {},
    "film.avi": {"codec": "mpeg4", "sound": "libmp3lame"},
    "film.mpg": {"codec": "mpeg2video", "sound": "mp2"},
    "film.mts": {"codec": "mpeg2video", "sound": "mp2", "container": "mpegts"},
    "film.webm": {"codec": "libvpx", "sound": "libopus"},
    "film.mkv": {"sound": "flac"},
    "silent.mp4": {"sound": ""},
}
SOUNDS = {
    "sound.wav": "pcm_s16le",
    "sound.aiff": "pcm_s16be",
    "sound.flac": "flac",
    "sound.mp3": "libmp3lame",
    "sound.m4a": "aac",
    "sound.opus": "libopus",
}


def made(outcome, key="0001"):
    canvas = next(c for c in derivative_set(outcome).canvases if c.key == key)
    return canvas.recording, outcome.derivatives / key / canvas.recording.name


def played(path):
    """How many pictures and samples a file really has."""
    with av.open(str(path)) as copy:
        streams = [*copy.streams.video, *copy.streams.audio]
        count = {"video": 0, "audio": 0}
        for packet in copy.demux(streams):
            for frame in packet.decode():
                count[packet.stream.type] += 1 if packet.stream.type == "video" else frame.samples
        return count, [stream.codec_context.name for stream in streams], dict(copy.metadata)


@pytest.mark.parametrize("name", FILMS)
def test_a_film_of_any_kind_becomes_one_that_every_browser_plays(name, tmp_path):
    write_film(tmp_path / name, **FILMS[name])

    outcome = run(tmp_path / "s", tmp_path / name)

    assert codes(outcome) == []
    file, copy = made(outcome)
    assert (file.mime_type, file.width_px, file.height_px) == ("video/mp4", 320, 180)
    assert file.duration_s == pytest.approx(3, abs=0.1)
    assert file.size_bytes == copy.stat().st_size
    count, codecs, _metadata = played(copy)
    assert codecs == (["h264", "aac"] if name != "silent.mp4" else ["h264"])
    assert count["video"] == pytest.approx(75, abs=1)
    assert name == "silent.mp4" or count["audio"] / 48_000 == pytest.approx(3, abs=0.35)


@pytest.mark.parametrize("name", SOUNDS)
def test_a_sound_of_any_kind_becomes_one_that_every_browser_plays(name, tmp_path):
    write_sound(tmp_path / name, SOUNDS[name])

    outcome = run(tmp_path / "s", tmp_path / name)

    assert codes(outcome) == []
    file, copy = made(outcome)
    assert (file.mime_type, file.media, file.width_px) == ("audio/mp4", "audio", 0)
    count, codecs, _metadata = played(copy)
    assert codecs == ["aac"]
    assert count["audio"] / 48_000 == pytest.approx(4, abs=0.4)


def test_the_index_stands_in_front_so_that_it_plays_before_it_is_loaded(tmp_path):
    write_film(tmp_path / "film.avi", **FILMS["film.avi"])

    _file, copy = made(run(tmp_path / "s", tmp_path / "film.avi"))

    content = copy.read_bytes()
    assert content.index(b"moov") < content.index(b"mdat")


def test_a_still_shows_something_and_not_the_black_beginning(tmp_path):
    write_film(tmp_path / "film.mp4", seconds=4, black_s=2.5)

    still = picture(run(tmp_path / "s", tmp_path / "film.mp4")).convert("RGB")

    above, below = still.getpixel((160, 40)), still.getpixel((160, 140))
    assert above[0] > 150 > 90 > above[2]
    assert below[2] > 150 > 90 > below[0]


@pytest.mark.parametrize(("rotation_deg", "above"), [(90, None), (-90, None), (180, "blue")])
def test_a_film_stands_as_the_phone_was_held(rotation_deg, above, tmp_path):
    write_film(tmp_path / "film.mov", rotation_deg=rotation_deg, black_s=0)

    outcome = run(tmp_path / "s", tmp_path / "film.mov")

    size = (320, 180) if rotation_deg == 180 else (180, 320)
    file, copy = made(outcome)
    still = picture(outcome).convert("RGB")
    assert still.size == size == (file.width_px, file.height_px)
    with av.open(str(copy)) as film:
        frame = next(film.decode(video=0))
    assert not frame.rotation
    # The copy and the still are turned by two libraries: they must agree.
    shown = frame.to_image()
    for at in ((20, 20), (size[0] - 20, size[1] - 20)):
        assert (
            max(abs(a - b) for a, b in zip(shown.getpixel(at), still.getpixel(at), strict=True))
            < 60
        )
    if above == "blue":
        assert still.getpixel((160, 20))[2] > 150


def test_a_drawing_shows_where_a_sound_is_loud(tmp_path):
    write_sound(tmp_path / "sound.wav", "pcm_s16le")

    drawing = picture(run(tmp_path / "s", tmp_path / "sound.wav")).convert("L")

    def ink(left, right):
        part = drawing.crop((left, 0, right, drawing.height))
        return sum(value < 160 for value in part.tobytes())

    half = drawing.width // 2
    assert ink(half, drawing.width) > 4 * ink(0, half) > 0


def test_nothing_of_where_it_was_recorded_comes_along_and_it_is_told(tmp_path):
    place = {"location": "+21.3860+103.0169/", "title": "Tên riêng", "comment": "0912 345 678"}
    for name in ("small.mp4", "again.mov"):
        write_film(tmp_path / name, metadata=place, size=(320, 180))

    for name, settings in (("small.mp4", None), ("again.mov", DerivativeSettings(film_px=320))):
        outcome = run(tmp_path / "s", tmp_path / name, settings=settings)
        assert codes(outcome) == ["SCAN-place"]
        _file, copy = made(outcome)
        content = copy.read_bytes()
        for secret in (b"21.3860", "Tên riêng".encode(), b"0912"):
            assert secret not in content
        shutil.rmtree(tmp_path / "s")


def test_a_large_film_is_made_small_enough_and_a_small_one_is_taken_as_it_is(tmp_path):
    write_film(tmp_path / "large.mp4", size=(1440, 810), seconds=1, black_s=0)
    write_film(tmp_path / "small.mp4", size=(640, 360), seconds=1, black_s=0)

    file, _copy = made(run(tmp_path / "l", tmp_path / "large.mp4"))
    assert (file.width_px, file.height_px) == (1280, 720)
    file, copy = made(run(tmp_path / "s", tmp_path / "small.mp4"))
    assert (file.width_px, file.height_px) == (640, 360)

    def pictures(path):
        with av.open(str(path)) as film:
            return [bytes(packet) for packet in film.demux(video=0) if packet.size]

    assert pictures(copy) == pictures(tmp_path / "small.mp4")
    smaller = DerivativeSettings(film_px=320)
    file, _copy = made(run(tmp_path / "t", tmp_path / "small.mp4", settings=smaller))
    assert (file.width_px, file.height_px) == (320, 180)


@pytest.mark.parametrize("name", ["film.mp4", "film.mkv", "film.avi", "sound.wav", "sound.flac"])
def test_what_was_cut_short_is_set_aside_and_not_half_published(name, tmp_path):
    if name in FILMS:
        write_film(tmp_path / f"whole-{name}", **FILMS[name])
    else:
        write_sound(tmp_path / f"whole-{name}", SOUNDS[name])
    cut_short(tmp_path / name, tmp_path / f"whole-{name}")

    for outcome in (
        run(tmp_path / "s", tmp_path / name),
        check_item(job_for(tmp_path / "c", tmp_path / name)),
    ):
        assert codes(outcome) == ["RECORDING-damaged"]
        assert outcome.is_set_aside
    assert not any((tmp_path / "s").iterdir())


def test_damage_inside_is_told_and_the_rest_is_kept(tmp_path):
    write_film(tmp_path / "tape.mpg", **FILMS["film.mpg"])
    content = bytearray((tmp_path / "tape.mpg").read_bytes())
    middle = len(content) // 2
    content[middle : middle + 3000] = bytes(at * 7 % 256 for at in range(3000))
    (tmp_path / "tape.mpg").write_bytes(content)

    outcome = run(tmp_path / "s", tmp_path / "tape.mpg")

    assert codes(outcome) == ["RECORDING-gaps"]
    _file, copy = made(outcome)
    assert played(copy)[0]["video"] > 40


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.mp4", b"\0\0\0\x18ftypisom\0\0\0\0isommp42" + b"\0" * 400),
        ("a.mp3", b"ID3\4\0\0\0\0\0\0" + b"text " * 100),
        ("a.wav", b"RIFF\x24\0\0\0WAVEfmt " + b"\1" * 28),
        ("a.mkv", b"\x1a\x45\xdf\xa3" + b"\xff" * 300),
        ("a.mpg", b"\0\0\1\xba" + b"\x44" * 300),
        ("a.flac", b"fLaC" + b"\0" * 300),
        ("a.avi", b"RIFF\0\1\0\0AVI LIST" + b"\0" * 300),
        ("a.ogg", b"OggS" + b"\0" * 300),
    ],
)
def test_what_only_begins_like_a_recording_is_a_finding(name, content, tmp_path):
    (tmp_path / name).write_bytes(content)

    outcome = run(tmp_path / "s", tmp_path / name)

    assert outcome.is_set_aside
    assert set(codes(outcome)) <= {"RECORDING-damaged", "SCAN-not-an-image"}


def test_joined_sounds_of_two_kinds_are_played_to_their_end(tmp_path):
    write_sound(tmp_path / "one.mp3", "libmp3lame", seconds=2)
    with av.open(str(tmp_path / "two.mp3"), "w") as second:
        stream = second.add_stream("libmp3lame", rate=22_050, layout="mono")
        for at in range(0, 44_100, 1152):
            frame = av.AudioFrame(format="s16p", layout="mono", samples=1152)
            frame.planes[0].update(bytes(2304))
            frame.sample_rate, frame.pts, frame.time_base = 22_050, at, Fraction(1, 22_050)
            second.mux(stream.encode(frame))
        second.mux(stream.encode(None))
    joined = (tmp_path / "one.mp3").read_bytes() + (tmp_path / "two.mp3").read_bytes()
    (tmp_path / "joined.mp3").write_bytes(joined)

    outcome = run(tmp_path / "s", tmp_path / "joined.mp3")

    assert not outcome.is_set_aside
    _file, copy = made(outcome)
    assert played(copy)[0]["audio"] / 48_000 > 3


@pytest.mark.parametrize(
    "text",
    ["#EXTM3U\n#EXTINF:10,\nsecret.wav\n", "ffconcat version 1.0\nfile secret.wav\n"],
)
def test_a_playlist_is_never_followed(text, tmp_path):
    write_sound(tmp_path / "secret.wav", "pcm_s16le", seconds=1)
    (tmp_path / "list.mp4").write_text(text, encoding="utf-8")

    outcome = run(tmp_path / "s", tmp_path / "list.mp4")

    assert codes(outcome) == ["SCAN-not-an-image"]


def test_facts_come_back_from_technical_json_and_scans_have_none(tmp_path):
    write_film(tmp_path / "film.webm", **FILMS["film.webm"])
    write_sound(tmp_path / "sound.mp3", "libmp3lame")

    outcome = run(tmp_path / "s", tmp_path / "film.webm", tmp_path / "sound.mp3")

    film, sound = outcome.technical
    assert film.recording.codecs == ("vp8", "opus")
    assert (sound.recording.media, sound.bits_per_sample) == ("audio", 0)
    document = technical_document(outcome.technical)
    assert parse_technical_document(document) == outcome.technical
    scan = replace(film, recording=None)
    assert "recording" not in scan.to_json()


def test_limits_of_an_item_hold_for_its_recordings(tmp_path):
    write_film(tmp_path / "film.mp4", size=(640, 360), seconds=1, black_s=0)
    job = job_for(tmp_path / "s", tmp_path / "film.mp4")

    smaller = replace(job, limits=Limits(max_px=320))
    file, _copy = made(run_item(smaller, at=AT))
    assert (file.width_px, file.height_px) == (320, 180)

    # Nothing can be drawn on it, so it is not there.
    marked = run_item(replace(job, limits=Limits(watermark=Watermark("© Bảo tàng"))), at=AT)
    assert derivative_set(marked).canvases[0].recording is None
    assert not list((marked.derivatives / "0001").glob("recording.*"))


def test_made_again_the_copy_is_the_same_bytes(tmp_path):
    write_film(tmp_path / "film.avi", **FILMS["film.avi"])

    first, second = (
        made(run(tmp_path / name, tmp_path / "film.avi"))[1].read_bytes() for name in "ab"
    )

    assert first == second


def test_the_size_of_films_is_part_of_the_recipe_of_films_only(tmp_path):
    write_film(tmp_path / "film.mp4", seconds=1)
    write_sound(tmp_path / "sound.wav", "pcm_s16le", seconds=1)
    (tmp_path / "scan.jpg").write_bytes(b"")
    from tests.imaging.making import chart

    chart().save(tmp_path / "scan.jpg")
    recipes = {
        name: {
            derivative_set(
                run(tmp_path / "s", tmp_path / name, settings=DerivativeSettings(film_px=px))
            ).recipe
            for px in (1280, 640)
        }
        for name in ("film.mp4", "scan.jpg")
    }
    assert len(recipes["film.mp4"]) == 2
    assert len(recipes["scan.jpg"]) == 1


def test_silence_is_no_damage(tmp_path):
    write_sound(tmp_path / "sound.wav", "pcm_s16le", seconds=1)
    content = bytearray((tmp_path / "sound.wav").read_bytes())
    content[len(content) // 2 :] = bytes(len(content) - len(content) // 2)
    (tmp_path / "sound.wav").write_bytes(content)

    assert codes(run(tmp_path / "s", tmp_path / "sound.wav")) == []


def test_two_sounds_are_not_taken_for_one_picture(tmp_path):
    for name in ("one.wav", "two.wav"):
        write_sound(tmp_path / name, "pcm_s16le")

    canvases = derivative_set(run(tmp_path / "s", tmp_path / "one.wav", tmp_path / "two.wav"))

    assert [canvas.fingerprint for canvas in canvases.canvases] == ["", ""]


def test_a_recording_has_the_more_time_the_longer_it_is(tmp_path):
    with (tmp_path / "film.mov").open("wb") as film:
        film.truncate(1_000_000_000)
    (tmp_path / "scan.tif").write_bytes(b"II*\0")

    assert more_time_s(job_for(tmp_path / "s", tmp_path / "film.mov")) == 20_000
    assert more_time_s(job_for(tmp_path / "s", tmp_path / "scan.tif")) == 0
    assert more_time_s(job_for(tmp_path / "s", tmp_path / "gone.mov")) == 0


@pytest.mark.skipif(sys.platform == "win32", reason="there is no limit of file sizes on Windows")
def test_disk_that_refuses_the_copy_is_an_error_and_leaves_nothing(tmp_path):
    import resource

    write_film(tmp_path / "film.avi", "mpeg4", sound="libmp3lame", size=(640, 360), seconds=4)
    job = replace(job_for(tmp_path / "s", tmp_path / "film.avi"), copy_masters=False)
    whole = run_item(job, at=AT)
    size_bytes = made(whole)[1].stat().st_size
    pictures = max(p.stat().st_size for p in whole.derivatives.rglob("*.jpg"))
    assert size_bytes // 2 > pictures
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size_bytes // 2, hard))
    try:
        with pytest.raises(StoreWriteError):
            run_item(job, at=AT)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert not (tmp_path / "s").exists()


def test_a_scan_and_a_recording_of_one_item_keep_their_order(tmp_path):
    from tests.imaging.making import chart

    chart().save(tmp_path / "cover.jpg")
    write_sound(tmp_path / "sound.mp3", "libmp3lame")
    job = job_for(tmp_path / "s", tmp_path / "cover.jpg", tmp_path / "sound.mp3")

    outcome = add_names(run_item(job, at=AT), job, at=AT)

    first, second = derivative_set(outcome).canvases
    assert (first.recording, second.recording.media) == (None, "audio")
    assert outcome.technical[1].mime_type == "audio/mpeg"


def test_a_name_that_does_not_suit_a_recording_is_told(tmp_path):
    write_sound(tmp_path / "sound.wav", "libmp3lame", container="mp3")

    assert identify(tmp_path / "sound.wav").found == "MP3"
    assert codes(run(tmp_path / "s", tmp_path / "sound.wav")) == ["SCAN-extension"]


def test_a_copy_that_was_never_begun_is_the_recordings_fault_and_not_the_disks(
    tmp_path, monkeypatch
):
    write_sound(tmp_path / "sound.wav", "pcm_s16le", seconds=1)
    monkeypatch.setattr(access_copy, "_mux", lambda copy, packet, target: None)

    assert codes(run(tmp_path / "s", tmp_path / "sound.wav")) == ["RECORDING-damaged"]


def test_a_stream_that_was_not_known_is_a_finding_and_no_defect():
    class Container:
        def demux(self, _streams):
            yield "packet"
            raise IndexError("list index out of range")

    found = packets_of(Streams(Container(), None, "sound"))

    assert next(found) == "packet"
    with pytest.raises(ScanProblem, match="RECORDING-damaged"):
        next(found)
