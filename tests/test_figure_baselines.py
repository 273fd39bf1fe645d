"""Pictures look as they did when somebody last looked at them: `pytest --update-baselines` draws them anew.

They are drawn from tables made by hand, so that nothing here depends on the model, and compared without
their words, so that nothing depends on how letters are drawn. `tests/test_figures.py` reads the words.
"""

from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from figure_tables import PICTURES
from matplotlib.colors import to_hex, to_rgba_array
from matplotlib.image import imread
from matplotlib.patches import Rectangle
from matplotlib.text import Text

from mipo_sim.figures import as_bytes

BASELINES = Path(__file__).parent / "baselines"
DPI, BLOCK = 40, 12  # pixels of an inch; side of the blocks that are compared
TOLERANCE = 0.015  # of the range from black to white, in the block that differs most


def figure_of(name):
    """Draw a picture without words."""
    drawn = PICTURES[name]()
    figure = drawn.figure.figure
    for text in figure.findobj(Text):
        text.set_visible(False)
    for axes in figure.axes:
        axes.tick_params(labelleft=False, labelbottom=False)
    return figure


def pixels(png):
    return imread(BytesIO(png))[..., :3]


def apart(one, other):
    """How far two pictures are apart in the block of pixels in which they differ most."""
    if one.shape != other.shape:
        return 1.0
    change = np.abs(one - other).max(axis=2)
    rows, columns = (size // BLOCK * BLOCK for size in change.shape)
    blocks = change[:rows, :columns].reshape(rows // BLOCK, BLOCK, columns // BLOCK, BLOCK)
    return blocks.mean(axis=(1, 3)).max()


def series_of(figure):
    """All that is drawn, by kind and colour: hide those artists and a series is missing."""
    found = {}
    for axes in figure.axes:
        for artist in (*axes.lines, *axes.patches, *axes.collections):
            colour = artist.get_color() if artist in axes.lines else artist.get_facecolor()
            is_bar = not isinstance(artist, Rectangle) or artist.get_width()  # not one for the key alone
            if artist.get_visible() and is_bar:
                known = found.setdefault((type(artist).__name__, to_hex(np.ravel(to_rgba_array(colour)))), [])
                known.append(artist)
    return found


@pytest.mark.parametrize("name", PICTURES)
def test_the_picture_is_as_it_was(name, request):
    drawn, file = as_bytes(figure_of(name), "png", DPI), BASELINES / f"{name}.png"
    if request.config.getoption("--update-baselines"):
        file.parent.mkdir(exist_ok=True)
        file.write_bytes(drawn)
    assert apart(pixels(drawn), pixels(file.read_bytes())) < TOLERANCE


@pytest.mark.parametrize("name", PICTURES)
def test_a_series_that_is_missing_is_noticed(name):
    figure = figure_of(name)
    whole = pixels(as_bytes(figure, "png", DPI))
    for colour, artists in series_of(figure).items():
        for artist in artists:
            artist.set_visible(False)
        assert apart(pixels(as_bytes(figure, "png", DPI)), whole) > TOLERANCE, colour
        for artist in artists:
            artist.set_visible(True)
