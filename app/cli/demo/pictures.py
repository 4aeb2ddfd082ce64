"""Photos that nobody took: hills, water and a sun, drawn from a number and the same each time."""

import math
import random
from io import BytesIO

from PIL import Image, ImageDraw, ImageFilter

SHAPES = ((1200, 800), (900, 1200), (1280, 720))
LIGHTS = (
    ((250, 214, 165), (74, 92, 110)),
    ((176, 208, 230), (38, 84, 92)),
    ((238, 170, 150), (70, 50, 92)),
    ((205, 222, 200), (50, 88, 54)),
    ((120, 140, 190), (24, 28, 60)),
)
"""Colours of a sky above, and of the ground: morning, noon, evening, a green day, night."""


def landscape(number: int) -> BytesIO:
    """Return the JPEG of the landscape of this number."""
    chance = random.Random(number)  # noqa: S311  # the same each time, and no secret
    (width, height), (sky, ground) = SHAPES[number % len(SHAPES)], LIGHTS[number % len(LIGHTS)]
    image = Image.new("RGB", (width, height))
    draw = ImageDraw.Draw(image)
    for y in range(height):
        draw.line([(0, y), (width, y)], fill=_between(sky, ground, y / height * 0.7))
    _sun(draw, chance, width, height)
    for layer in range(4):
        _hill(draw, chance, width, height, layer, _between(sky, ground, 0.55 + layer * 0.15))
    file = BytesIO()
    image.filter(ImageFilter.GaussianBlur(1.2)).save(file, "JPEG", quality=88)
    file.seek(0)
    return file


def _sun(draw: ImageDraw.ImageDraw, chance: random.Random, width: int, height: int) -> None:
    x, y, size = chance.randrange(width // 6, width * 5 // 6), chance.randrange(height // 8, height // 3), chance.randrange(30, 70)
    draw.ellipse([x - size, y - size, x + size, y + size], fill=(255, 242, 214))


def _hill(draw: ImageDraw.ImageDraw, chance: random.Random, width: int, height: int, layer: int, colour: tuple[int, int, int]) -> None:
    base, wide, turn = height * (0.45 + 0.13 * layer), 90 + 40 * layer, chance.random() * 6
    crest = [(x, base + math.sin(x / wide + turn) * 46 + math.sin(x / 37 + turn * layer) * 13) for x in range(0, width + 20, 10)]
    draw.polygon([(0, height), *crest, (width + 20, height)], fill=colour)


def _between(one: tuple[int, int, int], other: tuple[int, int, int], part: float) -> tuple[int, int, int]:
    red, green, blue = (round(start + (end - start) * min(1.0, part)) for start, end in zip(one, other, strict=True))
    return red, green, blue
