"""What the figures in the README and in docs/performance.md come from."""
