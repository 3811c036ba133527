"""The filtered sites as a picture (PNG, SVG, PDF) or slides (PPTX), drawn without a browser."""
