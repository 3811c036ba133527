"""What an uploaded list has beside its bytes: name, colour, date, earlier versions."""
