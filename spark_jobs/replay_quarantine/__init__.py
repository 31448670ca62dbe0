"""What today's parser and today's corrections would make of the lines in quarantine; nothing is written but the days that gain."""
