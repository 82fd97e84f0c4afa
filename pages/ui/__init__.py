"""What every page shares: frame, controls, training panel, board, prose, language."""
