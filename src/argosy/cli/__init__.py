"""The command line: parses words, asks the server, shows what it says."""
