"""Parts of the pages on the Transformer: heads, scores, positions, waiting, circuits, writing."""
