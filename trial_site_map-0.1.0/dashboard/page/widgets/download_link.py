"""A link to a file, drawn like Streamlit's buttons."""

from html import escape

import streamlit as st


def draw_download_link(
    label: str,
    path: str,
    *,
    key: str,
    primary: bool = False,
    disabled: str = "",
    help: str = "",  # noqa: A002 - as in Streamlit
) -> None:
    """Draw a link that saves what lies at ``path``.

    Streamlit's own download button keeps the file at an address that is not bound to the session.

    Args:
        label: the link's text.
        path: where the file lies, as :func:`dashboard.page.state.session.offer_download` gives it.
        key: name of the element.
        primary: whether it is the main action beside others.
        disabled: why there is no such file, shown in place of the link's help.
        help: a tooltip.
    """
    kind = "sm-download sm-primary" if primary else "sm-download"
    tooltip = f' title="{escape(disabled or help)}"' if disabled or help else ""
    target = 'aria-disabled="true"' if disabled else f'href="{escape(path)}" download'
    with st.container(key=f"{key}_link", width="content"):
        st.html(f'<a class="{kind}" {target}{tooltip}>{escape(label)}</a>', width="content")
