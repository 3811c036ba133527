"""The Streamlit page: what people see."""
