"""A folium map on the page, in Streamlit's component for it."""

from collections.abc import Callable, Sequence
from typing import Any

import folium


def folium_map(
    base: folium.Map,
    layer: folium.FeatureGroup,
    *,
    key: str,
    height: int,
    returned: Sequence[str],
    on_change: Callable[[], None],
    **view: Any,
) -> None:
    """Draw ``base`` as wide as there is room; ``layer`` changes without the map being made anew.

    Args:
        base: a map that stays the same from rerun to rerun, made for this one call.
        layer: what is drawn over it now.
        key: under it the session state holds what was clicked.
        height: in pixels.
        returned: names of what the component tells; others cause no rerun.
        on_change: called when any of these has changed.
        view: ``center`` and ``zoom``, where the map is to be moved to.
    """
    # Its import registers the component with the server whose page imports it, and with none else.
    from streamlit_folium import st_folium  # noqa: PLC0415

    st_folium(
        base,
        key=key,
        height=height,
        use_container_width=True,
        returned_objects=list(returned),
        feature_group_to_add=layer,
        on_change=on_change,
        render=False,  # a whole page that nobody reads: the component renders what it takes
        **view,
    )
