"""What one server process holds for all sessions: geocache, lists, jobs, pins."""
