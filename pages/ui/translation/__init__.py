"""Parts of the pages on encoder and decoder: sources, answers, attention opened and moved."""
