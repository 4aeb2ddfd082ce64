"""What becomes of a picture: its sizes, or why there are none. It needs no library of pictures, which only the child process loads."""

from dataclasses import dataclass


class BrokenPicture(Exception):
    """The bytes are no picture that can be read."""


class TooManyPixels(Exception):
    """The picture would take more memory or work than one may, as its headers say; it was not unpacked."""


@dataclass(frozen=True)
class Rendering:
    """A picture in one size, as WebP; width and height in pixels. `is_cut` says that the file ended before the picture did."""

    content: bytes
    width: int
    height: int
    is_cut: bool = False
