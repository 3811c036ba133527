"""What readers share: encodings, dates, degrees, addresses, the reading builder."""
