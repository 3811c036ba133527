"""What is computed over a site table: facilities, reach."""
