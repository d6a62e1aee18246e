"""The JSON documents of the command line, one place for their key names."""
