"""Parts of the pages on language: words, blanks, transfer, shops, models that somebody brought."""
