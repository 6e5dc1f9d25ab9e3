"""What a machine read from one page of a master, in MIX 2.0 (NISO Z39.87).

Only what was read is said. A place where the camera stood, a serial number and maker notes
never are, because a package is handed on.

Source: ANSI/NISO Z39.87-2006; mix20.xsd
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from fractions import Fraction
from typing import Final

from lxml import etree

from schemas.crosswalks.elements import Namespace
from schemas.technical import Page, Technical

MIX_NS: Final = "http://www.loc.gov/mix/v20"
mix = Namespace("mix", MIX_NS)

# Pictures whose pixels exist only once a program draws them.
_DRAWN: Final = frozenset({"application/pdf", "image/svg+xml"})
# Whether 0 is white or black is not recorded, so a grey is the grey of its device.
_COLOUR_SPACES: Final[Mapping[str, str]] = {
    "rgb": "RGB",
    "gray": "DeviceGray",
    "bilevel": "DeviceGray",
    "cmyk": "CMYK",
    "lab": "CIELab",
}
_CHANNELS: Final[Mapping[str, int]] = {"rgb": 3, "gray": 1, "bilevel": 1, "cmyk": 4, "lab": 3}
# By EXIF orientation, from 1: how the stored picture lies, not how to turn it.
_ORIENTATIONS: Final = (
    "normal*",
    "normal, image flipped",
    "normal, rotated 180°",
    "normal, image flipped, rotated 180°",
    "normal, image flipped, rotated cw 90°",
    "normal, rotated ccw 90°",
    "normal, image flipped, rotated ccw 90°",
    "normal, rotated cw 90°",
)
_FLOAT_BITS: Final = 32
_EXIF_DATE = re.compile(r"(\d{4}):(\d\d):(\d\d) (\d\d):(\d\d):(\d\d)")


def has_mix(technical: Technical) -> bool:
    """Say whether MIX has words for a master: not for a recording, nor for a PDF.

    A PDF is drawn at any size, and the picture of a recording is ours.
    """
    return technical.mime_type not in _DRAWN and technical.recording is None


def mix_element(technical: Technical, number: int, identifier: str) -> etree._Element:
    """Return what is known of one page of a master.

    Args:
        technical: What was read from the master; :func:`has_mix` says yes.
        number: The page, from 1.
        identifier: What the page is called in this package.
    """
    root = mix.root("mix")
    basic = mix.add(root, "BasicDigitalObjectInformation")
    named = mix.add(basic, "ObjectIdentifier")
    mix.add(named, "objectIdentifierType", "local")
    mix.add(named, "objectIdentifierValue", identifier)
    mix.add(basic, "fileSize", str(technical.size_bytes))
    _add_format(basic, technical)
    for algorithm, digest in (("SHA-512", technical.sha512), ("SHA-256", technical.sha256)):
        fixity = mix.add(basic, "Fixity")
        mix.add(fixity, "messageDigestAlgorithm", algorithm)
        mix.add(fixity, "messageDigest", digest)
    _add_characteristics(root, technical, technical.pages[number - 1])
    _add_capture(root, technical)
    _add_assessment(root, technical)
    return root


def _add_format(parent: etree._Element, technical: Technical) -> None:
    name = technical.format_name or technical.mime_type
    if name:
        mix.add(mix.add(parent, "FormatDesignation"), "formatName", name)
    if technical.puid and technical.puid != "UNKNOWN":
        registry = mix.add(parent, "FormatRegistry")
        mix.add(registry, "formatRegistryName", "PRONOM")
        mix.add(registry, "formatRegistryKey", technical.puid)


def _add_characteristics(root: etree._Element, technical: Technical, page: Page) -> None:
    traits = mix.add(mix.add(root, "BasicImageInformation"), "BasicImageCharacteristics")
    # Technical sizes are as displayed; MIX wants the rows and columns that are in the file.
    width_px, height_px = page.width_px, page.height_px
    if technical.orientation >= 5:
        width_px, height_px = height_px, width_px
    mix.add(traits, "imageWidth", str(width_px))
    mix.add(traits, "imageHeight", str(height_px))
    space = _COLOUR_SPACES.get(technical.colour_space, technical.colour_space)
    if space or technical.icc_profile_name:
        photometric = mix.add(traits, "PhotometricInterpretation")
        if space:
            mix.add(photometric, "colorSpace", space)
        if technical.icc_profile_name:
            profile = mix.add(mix.add(photometric, "ColorProfile"), "IccProfile")
            mix.add(profile, "iccProfileName", technical.icc_profile_name)


def _add_capture(root: etree._Element, technical: Technical) -> None:
    capture = mix.add(root, "ImageCaptureMetadata")
    created = _created(technical.exif)
    is_camera = "EXIF ExposureTime" in technical.exif or "EXIF FNumber" in technical.exif
    if created or is_camera:
        general = mix.add(capture, "GeneralCaptureInformation")
        if created:
            mix.add(general, "dateTimeCreated", created)
        if is_camera:
            mix.add(general, "captureDevice", "digital still camera")
    maker = technical.exif.get("Image Make", "").strip()
    model = technical.exif.get("Image Model", "").strip()
    if is_camera and (maker or model):
        camera = mix.add(capture, "DigitalCameraCapture")
        if maker:
            mix.add(camera, "digitalCameraManufacturer", maker)
        if model:
            named = mix.add(camera, "DigitalCameraModel")
            mix.add(named, "digitalCameraModelName", model)
    if 1 <= technical.orientation <= len(_ORIENTATIONS):
        mix.add(capture, "orientation", _ORIENTATIONS[technical.orientation - 1])


def _created(exif: Mapping[str, str]) -> str:
    """Return when a picture was taken, as xsd:dateTime without a zone, or empty."""
    for name in ("EXIF DateTimeOriginal", "EXIF DateTimeDigitized"):
        found = _EXIF_DATE.fullmatch(exif.get(name, "").strip())
        if found:
            text = "{}-{}-{}T{}:{}:{}".format(*found.groups())
            try:
                datetime.fromisoformat(text)
            except ValueError:
                continue
            return text
    return ""


def _add_assessment(root: etree._Element, technical: Technical) -> None:
    assessment = mix.add(root, "ImageAssessmentMetadata")
    if technical.resolution_ppi and min(technical.resolution_ppi) > 0:
        spatial = mix.add(assessment, "SpatialMetrics")
        mix.add(spatial, "samplingFrequencyUnit", "in.")
        for name, ppi in zip("xy", technical.resolution_ppi, strict=True):
            frequency = Fraction(ppi).limit_denominator(1000)
            ratio = mix.add(spatial, f"{name}SamplingFrequency")
            mix.add(ratio, "numerator", str(frequency.numerator))
            mix.add(ratio, "denominator", str(frequency.denominator))
    samples = technical.samples_per_pixel
    if samples < 1 or technical.bits_per_sample < 1:
        return
    encoding = mix.add(assessment, "ImageColorEncoding")
    bits = mix.add(encoding, "BitsPerSample")
    for _sample in range(samples):
        mix.add(bits, "bitsPerSampleValue", str(technical.bits_per_sample))
    if technical.bits_per_sample < _FLOAT_BITS:
        mix.add(bits, "bitsPerSampleUnit", "integer")
    mix.add(encoding, "samplesPerPixel", str(samples))
    for _sample in range(samples - _CHANNELS.get(technical.colour_space, samples)):
        mix.add(encoding, "extraSamples", "unspecified data")
