"""Draws the icons of an installed Webchat from its mark: `python -m tools.draw_icons`.

Run by hand when the mark changes; what it draws is committed. Needs Pillow, as images do.
"""

from itertools import pairwise
from pathlib import Path

from PIL import Image, ImageDraw

ICONS = Path(__file__).parent.parent / "static" / "icons"
SIZES_PX = (192, 512)
GROUND, INK = "#1f6a56", "#ffffff"
FINER = 4  # drawn that much larger, then made smaller, for soft edges
GRID = 16  # units of the mark's view box, see static/icons/favicon.svg
# How much of the icon the grid takes. Systems cut maskable icons to a circle of 80 %.
SHARES = {"icon": 0.72, "maskable": 0.56}
ROUND = 0.22  # of an icon's side, the radius of its corners
STROKE = 1.4  # units
CENTRE, RADIUS, FOOT = (8.0, 8.0), 5.75, 13.75
HAND = (10.25, 5.25)

Point = tuple[float, float]


def draw(name: str, size: int) -> Image.Image:
    """The mark in white on green, `size` px wide and high."""
    side = size * FINER
    image = Image.new("RGBA", (side, side))
    pen = ImageDraw.Draw(image)
    corner = side * ROUND if name == "icon" else 0
    pen.rounded_rectangle((0, 0, side - 1, side - 1), corner, fill=GROUND)
    unit = side * SHARES[name] / GRID
    edge = (side - unit * GRID) / 2

    def at(point: Point) -> Point:
        return edge + point[0] * unit, edge + point[1] * unit

    def line(*points: Point) -> None:
        for start, end in pairwise(points):
            pen.line((at(start), at(end)), fill=INK, width=round(STROKE * unit))
        for point in points:
            x, y = at(point)
            dot = STROKE * unit / 2
            pen.ellipse((x - dot, y - dot, x + dot, y + dot), fill=INK)

    reach = RADIUS + STROKE / 2  # Pillow draws an arc's width inwards
    box = (*at((8 - reach, 8 - reach)), *at((8 + reach, 8 + reach)))
    pen.arc(box, 90, 360, fill=INK, width=round(STROKE * unit))
    line((8, FOOT), (FOOT, FOOT), (FOOT, 8))
    line(CENTRE, HAND)
    return image.resize((size, size), Image.Resampling.LANCZOS)


def main() -> None:
    for name in SHARES:
        for size in SIZES_PX:
            draw(name, size).quantize(64).save(ICONS / f"{name}-{size}.png", optimize=True)


if __name__ == "__main__":
    main()
