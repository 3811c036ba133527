"""The entry: ``uvicorn app:app`` or ``streamlit run app.py``."""

import streamlit as st

from dashboard import server

app = st.App(server.PAGE, **server.options())
