"""Images: what is kept of them, and what is refused before it takes memory."""

import struct
import zlib
from io import BytesIO

import pytest
from django.core.exceptions import ValidationError
from PIL import Image

from chat.attachments import images
from chat.attachments.images import LONGEST_SIDE, SMALL_SIDE
from tests.chat.attachments.conftest import encoded, png

ORIENTATION = 0x0112
GPS = 0x8825


def read(content: bytes):
    return images.read(BytesIO(content))


def opened(content: bytes) -> Image.Image:
    return Image.open(BytesIO(content))


def a_photo(width=120, height=80, **options) -> bytes:
    return encoded(
        Image.linear_gradient("L").resize((width, height)).convert("RGB"), "JPEG", **options
    )


def a_png_header(width: int, height: int) -> bytes:
    """A PNG that claims to be this large, and holds nothing."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    header = struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0" * 99))


@pytest.mark.parametrize("kind", ["PNG", "GIF", "BMP"])
def test_drawings_are_kept_without_loss(kind):
    picture = read(encoded(Image.new("RGB", (40, 30), "teal"), kind))
    assert (picture.media_type, picture.width, picture.height) == ("image/png", 40, 30)
    assert opened(picture.content).convert("RGB").getpixel((5, 5)) == (0, 128, 128)


@pytest.mark.parametrize("kind", ["JPEG", "WEBP"])
def test_photographs_stay_photographs(kind):
    assert read(encoded(Image.new("RGB", (40, 30)), kind)).media_type == "image/jpeg"


def test_a_photograph_is_turned_upright():
    exif = Image.Exif()
    exif[ORIENTATION] = 6  # was held a quarter to the side
    picture = read(a_photo(120, 80, exif=exif))
    assert (picture.width, picture.height) == (80, 120)
    assert opened(picture.content).size == (80, 120)
    assert opened(picture.content).getexif().get(ORIENTATION) is None


def test_nothing_that_was_not_seen_is_kept():
    exif = Image.Exif()
    exif[0x010E] = "secret place"
    exif.get_ifd(GPS)[1] = "N"
    photo = a_photo(exif=exif, comment=b"secret place", icc_profile=b"secret place")
    assert b"secret place" in photo
    picture = read(photo)
    for kept in (picture.content, picture.small):
        assert b"secret" not in kept
        assert not opened(kept).info.get("exif")


def test_what_is_hidden_behind_an_image_is_not_kept():
    picture = read(png() + b"<script>alert(1)</script>PK\x03\x04")
    assert b"<script>" not in picture.content
    assert b"PK" not in picture.content


def test_a_large_image_is_made_smaller():
    picture = read(png(5000, 50))
    assert (picture.width, picture.height) == (LONGEST_SIDE, 41)


def test_the_small_picture_is_small():
    picture = read(png(2000, 1000))
    assert opened(picture.small).size == (SMALL_SIDE, SMALL_SIDE // 2)


def test_of_an_animation_the_first_picture_is_kept():
    frames = [Image.new("RGB", (40, 30), color) for color in ("red", "blue")]
    picture = read(encoded(frames[0], "GIF", save_all=True, append_images=frames[1:]))
    kept = opened(picture.content)
    assert getattr(kept, "n_frames", 1) == 1
    assert kept.convert("RGB").getpixel((5, 5)) == (255, 0, 0)


def test_a_cmyk_photograph_keeps_its_colours():
    picture = read(encoded(Image.new("CMYK", (40, 30), (0, 255, 255, 0)), "JPEG"))
    red, green, blue = opened(picture.content).getpixel((5, 5))
    assert red > 200
    assert max(green, blue) < 60


def test_sixteen_bits_of_grey_become_eight():
    grey = Image.new("I;16", (40, 30), 0x8000)
    picture = read(encoded(grey, "PNG"))
    assert opened(picture.content).convert("RGB").getpixel((5, 5)) == (128, 128, 128)


def test_transparency_is_kept():
    picture = read(encoded(Image.new("RGBA", (40, 30), (1, 2, 3, 0)), "PNG"))
    assert opened(picture.content).mode == "RGBA"


def test_a_drawing_that_would_be_huge_is_kept_as_a_photograph(monkeypatch):
    monkeypatch.setattr(images, "LARGEST_PNG", 10)
    assert read(png()).media_type == "image/jpeg"
    transparent = encoded(Image.new("RGBA", (40, 30), (1, 2, 3, 0)), "PNG")
    picture = read(transparent)
    assert opened(picture.content).getpixel((5, 5)) == (255, 255, 255)


@pytest.mark.parametrize("sides", [(60_000, 60_000), (6001, 6000), (2**31 - 1, 1)])
def test_a_bomb_is_not_unpacked(sides):
    with pytest.raises(ValidationError, match="too many"):
        read(a_png_header(*sides))


def test_a_progressive_photograph_may_have_fewer_pixels(monkeypatch):
    monkeypatch.setattr(images, "MOST_PIXELS_PROGRESSIVE", 1000)
    assert read(a_photo())
    with pytest.raises(ValidationError, match="120 × 80 pixels"):
        read(a_photo(progressive=True))


def test_images_are_unpacked_one_at_a_time():
    with images._turn:
        assert not images._turn.acquire(blocking=False)


@pytest.mark.parametrize(
    "damaged",
    [
        png(400, 300)[:200],
        a_photo(800, 600)[:3000],
        b"\x89PNG\r\n\x1a\n",
        b"\xff\xd8\xff\xe0 no photograph",
        b"GIF89a",
        a_png_header(50, 50),
        b"RIFF\x10\0\0\0WEBPVP8L" + b"\0" * 20,
    ],
)
def test_a_damaged_image_is_refused_in_words(damaged):
    with pytest.raises(ValidationError, match="damaged or was cut off"):
        read(damaged)


@pytest.mark.parametrize(
    "other",
    [
        b"",
        b"just text",
        b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
        b"%PDF-1.7",
        b"%!PS-Adobe-3.0 EPSF-3.0\n",
        encoded(Image.new("RGB", (9, 9)), "TIFF"),
        encoded(Image.new("RGB", (9, 9)), "PPM"),
    ],
)
def test_what_is_no_image_that_we_read_is_none(other):
    assert read(other) is None
