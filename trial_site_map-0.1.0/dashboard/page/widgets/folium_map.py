"""A folium map on the page, in Streamlit's component for it."""

from collections.abc import Callable, Sequence
from typing import Any

import folium


def draw_map(
    base: folium.Map,
    layer: folium.FeatureGroup,
    *,
    key: str,
    height: int,
    returned: Sequence[str],
    on_change: Callable[[], None],
    **view: Any,
) -> None:
    """Draw ``base`` in full width; ``layer`` can change without the map being built anew.

    Args:
        base: a new map that is equal at every rerun.
        layer: what is drawn over it now.
        key: the session state has what was clicked under this key.
        height: in pixels.
        returned: names of the values that the component returns; others cause no rerun.
        on_change: called when one of them changed.
        view: ``center`` and ``zoom``, to move the map.
    """
    # Imported here, as the page runs: imported before, its files would not be served (404).
    from streamlit_folium import st_folium  # noqa: PLC0415

    st_folium(
        base,
        key=key,
        height=height,
        use_container_width=True,
        returned_objects=list(returned),
        feature_group_to_add=layer,
        on_change=on_change,
        render=False,  # that would build a whole HTML page, which the component does not use
        **view,
    )
