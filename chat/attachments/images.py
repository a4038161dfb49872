"""Images as people send them, made anew from their pixels.

Nothing of the file that came in is kept: no metadata, no second file hidden in it, only the picture
that it shows. What it would unpack to is looked at before it is unpacked.
"""

from dataclasses import dataclass
from io import BytesIO
from threading import BoundedSemaphore
from typing import IO

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from PIL import Image, ImageOps, UnidentifiedImageError

FORMATS = ("PNG", "JPEG", "WEBP", "GIF", "BMP")
LONGEST_SIDE = 4096  # px, of what is kept
SMALL_SIDE = 480  # px, of the small picture: 240 on a sharp screen
# Pixels that may be unpacked, so that one image never takes more than half a gigabyte. A JPEG can
# be unpacked at half its size or less, but a progressive one is held as a whole meanwhile.
MOST_PIXELS = {"PNG": 36_000_000, "GIF": 36_000_000, "BMP": 36_000_000, "WEBP": 20_000_000}
MOST_PIXELS_JPEG = 200_000_000
MOST_PIXELS_PROGRESSIVE = 40_000_000
# Beyond this a drawing is kept as a photograph is.
LARGEST_PNG = 6_000_000  # bytes
QUALITY = 90
SMALL_QUALITY = 80
WHITE = (255, 255, 255)
OPAQUE = 255

JPEG = ("JPEG", "MPO")  # the latter is what phones make, a JPEG with more after it

# How the formats begin that we read, to tell a damaged image from what is none.
BEGINNINGS = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8")

# We look ourselves, at a limit by format; Pillow would only warn at first.
Image.MAX_IMAGE_PIXELS = None
# A large image in one piece goes back to the system afterwards; in Pillow's usual pieces of 16 MB
# it stayed with the process: 690 MB after six images of 36 million pixels, now 97 MB.
Image.core.set_block_size(256 * 1024**2)  # type: ignore[attr-defined]
# One at a time, so that a crowd of large images takes the memory of one.
_turn = BoundedSemaphore(1)


@dataclass(frozen=True)
class Picture:
    """An image as it is kept, and a small one for pages."""

    content: bytes
    media_type: str
    width: int
    height: int
    small: bytes


def read(file: IO[bytes]) -> Picture | None:
    """The picture in a file; None if it is no image. Raises ValidationError saying what is wrong.

    Of an animation it is the first frame.
    """
    beginning = file.read(12)
    file.seek(0)
    with _turn:
        try:
            with Image.open(file, formats=FORMATS) as image:
                _check_size(image)
                return _picture(image)
        except UnidentifiedImageError:
            if beginning.startswith(BEGINNINGS) or beginning[8:] == b"WEBP":
                raise _damaged() from None
            return None
        except ValidationError:
            raise
        except Exception as error:  # decoders raise what they like
            raise _damaged() from error


def _damaged() -> ValidationError:
    return ValidationError(_("This image is damaged or was cut off. Save it anew and try again."))


def _check_size(image: Image.Image) -> None:
    most = MOST_PIXELS.get(image.format or "", MOST_PIXELS_JPEG)
    if image.info.get("progressive"):
        most = MOST_PIXELS_PROGRESSIVE
    if image.width * image.height > most:
        raise ValidationError(
            _("This image has %(width)s × %(height)s pixels, which is too many. Make it smaller."),
            params={"width": image.width, "height": image.height},
        )


def _picture(image: Image.Image) -> Picture:
    is_photo = image.format in (*JPEG, "WEBP")
    image.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
    plain = _plain(image)
    plain.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    if plain.mode == "RGBA" and plain.getchannel("A").getextrema()[0] == OPAQUE:
        plain = plain.convert("RGB")
    plain = ImageOps.exif_transpose(plain)
    plain.info.clear()  # some of it would be saved along
    small = plain.copy()
    small.thumbnail((SMALL_SIDE, SMALL_SIDE))
    content, media_type = _encoded(plain, is_photo)
    return Picture(
        content=content,
        media_type=media_type,
        width=plain.width,
        height=plain.height,
        small=_saved(small, "WEBP", quality=SMALL_QUALITY),
    )


def _plain(image: Image.Image) -> Image.Image:
    """The pixels with eight bits a colour, with or without transparency; no copy if they are."""
    if image.mode in ("RGB", "RGBA") and "transparency" not in image.info:
        return image
    if image.mode.startswith("I"):  # 16 bits of grey, which converting would cut off at 255
        return image.convert("I").point(lambda value: value / 256).convert("RGB")
    return image.convert("RGBA" if image.has_transparency_data else "RGB")


def _encoded(image: Image.Image, is_photo: bool) -> tuple[bytes, str]:  # noqa: FBT001
    if image.mode == "RGBA" or not is_photo:
        content = _saved(image, "PNG")
        if len(content) <= LARGEST_PNG:
            return content, "image/png"
    return _saved(_on_white(image), "JPEG", quality=QUALITY), "image/jpeg"


def _on_white(image: Image.Image) -> Image.Image:
    if image.mode == "RGB":
        return image
    paper = Image.new("RGB", image.size, WHITE)
    paper.paste(image, mask=image.getchannel("A"))
    return paper


def _saved(image: Image.Image, kind: str, **options: int) -> bytes:
    buffer = BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()
