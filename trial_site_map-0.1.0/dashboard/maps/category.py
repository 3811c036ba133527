"""A value that the map is coloured by, with its colour and shape."""

from dataclasses import dataclass

SHAPES = {
    "circle": '<circle cx="12" cy="12" r="8"/>',
    "square": '<rect x="4.5" y="4.5" width="15" height="15" rx="1.5"/>',
    "triangle": '<path d="M12 3 21.5 20H2.5Z"/>',
    "diamond": '<path d="M12 2.5 21.5 12 12 21.5 2.5 12Z"/>',
    "hexagon": '<path d="M7 3.3h10L22 12l-5 8.7H7L2 12Z"/>',
    "star": '<path d="m12 2 2.9 6.6 7.1.6-5.4 4.7 1.7 7L12 17.2 5.7 20.9l1.7-7L2 9.2l7.1-.6Z"/>',
    "cross": '<path d="M9 3h6v6h6v6h-6v6H9v-6H3V9h6Z"/>',
}
"""SVG elements for ``viewBox="0 0 24 24"``."""


@dataclass(frozen=True, slots=True)
class Category:
    """One value that the map is coloured by, with its look.

    ``pickable`` unless no filter keeps this value alone; ``value`` is what the filter takes, if
    that is not the label. ``detail`` says more of it, such as a trial's title; ``others`` is how
    many values share it.
    """

    label: str
    colour: str
    shape: str
    pickable: bool = True
    value: str = ""
    detail: str = ""
    others: int = 0

    def to_json(self) -> dict[str, str]:
        """The category as the scripts in ``assets`` read it."""
        look = {"label": self.label, "colour": self.colour, "svg": self.svg}
        look |= {"detail": self.detail} if self.detail else {}
        return look | {"value": self.value or self.label} if self.pickable else look

    @property
    def svg(self) -> str:
        """SVG of the shape in its colour, for ``viewBox="0 0 24 24"``."""
        return f'<g fill="{self.colour}">{SHAPES[self.shape]}</g>'
