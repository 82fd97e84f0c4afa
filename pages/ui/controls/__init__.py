"""What a person sets and types: settings, kinds of network, sequences, texts, units, parts of a page."""
