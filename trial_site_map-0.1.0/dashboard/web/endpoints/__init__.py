"""What single routes of the API answer: comparisons, pictures, positions."""
