"""Entry point for ``uvicorn app:app`` and ``streamlit run app.py``."""

import streamlit as st

from dashboard import server

app = st.App(server.PAGE, **server.build_options())
