"""Widgets that panels and tabs share: the map component, markdown, messages."""
