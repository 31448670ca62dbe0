"""The report's charts as PNG bytes: horizontal or vertical bars in one colour, drawn without pyplot's global state.

The same values give the same bytes on the same versions of Matplotlib. Sizes suit a phone: 360 CSS pixels wide, the
smallest text is still 10 pixels high there.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from io import BytesIO

import matplotlib.style
from matplotlib import font_manager
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator, MultipleLocator

DOTS_PER_INCH = 200
WIDTH_INCHES = 4.2
FONT = "DejaVu Sans"
LABEL_CHARACTERS = 22


@dataclass(frozen=True)
class Theme:
    """Colours of a chart; the bars' blues are those of Okabe and Ito, told apart from grey by everyone."""

    paper: str
    ink: str
    faint: str
    bar: str


LIGHT = Theme(paper="#ffffff", ink="#1c2430", faint="#d9dee6", bar="#0072b2")
DARK = Theme(paper="#171d26", ink="#e3e8ef", faint="#3a4452", bar="#56b4e9")


def half_hour_chart(requests: Sequence[int], theme: Theme) -> bytes:
    """Requests by half hour. requests: 48 numbers, the first from 00:00 to 00:30 UTC."""

    def draw(axes: Axes) -> None:
        axes.bar(range(len(requests)), requests, width=0.8, align="edge", color=theme.bar)
        axes.set_xlim(0, len(requests))
        axes.xaxis.set_major_locator(MultipleLocator(12))
        axes.xaxis.set_major_formatter(FuncFormatter(lambda half_hour, _: f"{int(half_hour) // 2:02d}:00"))
        axes.yaxis.set_major_locator(MaxNLocator(nbins=4, integer=True))
        axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{int(value):,}"))
        axes.set_ylim(0, max(1, *requests) * 1.05)
        axes.grid(axis="y", color=theme.faint, linewidth=0.6)
        axes.spines["bottom"].set_color(theme.faint)

    return _png("Requests by half hour, UTC", 3.0, theme, draw)


def ranked_chart(title: str, labels: Sequence[str], values: Sequence[int], theme: Theme) -> bytes:
    """One bar a label, the first on top, its number at its end. Without labels the chart says that there is nothing."""

    def draw(axes: Axes) -> None:
        axes.xaxis.set_visible(False)
        axes.spines["bottom"].set_visible(False)
        if not labels:
            axes.yaxis.set_visible(False)
            axes.text(0.5, 0.5, "nothing to show", ha="center", va="center", transform=axes.transAxes)
            return
        positions = range(len(labels))
        bars = axes.barh(positions, values, height=0.7, color=theme.bar)
        axes.bar_label(bars, labels=[f"{value:,}" for value in values], padding=3)
        axes.set_yticks(positions, [drawable(label) for label in labels])
        axes.set_ylim(len(labels) - 0.5, -0.5)
        # The numbers stand behind the bars: leave them room.
        axes.set_xlim(0, max(1, *values) * 1.25)

    return _png(title, 0.7 + 0.23 * max(3, len(labels)), theme, draw)


def drawable(label: str) -> str:
    """A label as the charts' font can draw it: at most 22 characters, U+FFFD for what the font lacks."""
    font = font_manager.get_font(font_manager.findfont(FONT, fallback_to_default=False))
    short = label if len(label) <= LABEL_CHARACTERS else label[: LABEL_CHARACTERS - 1] + "…"
    return "".join(c if c.isprintable() and font.get_char_index(ord(c)) else "\ufffd" for c in short)


def _png(title: str, height_inches: float, theme: Theme, draw: Callable[[Axes], None]) -> bytes:
    # after_reset: a matplotlibrc of the machine must not reach the report.
    with matplotlib.style.context(_style(theme), after_reset=True):
        figure = Figure(figsize=(WIDTH_INCHES, height_inches), dpi=DOTS_PER_INCH, layout="constrained")
        figure.suptitle(title, x=0.02, ha="left", fontsize=9.5, fontweight="bold")
        draw(figure.subplots())
        content = BytesIO()
        # Without its own name and version in the file, Matplotlib writes nothing that changes from run to run.
        figure.savefig(content, format="png", metadata={"Software": None})
    return content.getvalue()


def _style(theme: Theme) -> dict[str, object]:
    return {
        "font.family": FONT,
        "font.size": 8.5,
        "text.parse_math": False,  # a user_id may hold dollar signs
        "text.color": theme.ink,
        "axes.labelcolor": theme.ink,
        "xtick.color": theme.ink,
        "ytick.color": theme.ink,
        "xtick.major.size": 0,
        "xtick.major.pad": 6,
        "ytick.major.size": 0,
        "figure.constrained_layout.w_pad": 0.08,
        "figure.facecolor": theme.paper,
        "axes.facecolor": theme.paper,
        "axes.axisbelow": True,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.spines.left": False,
    }
