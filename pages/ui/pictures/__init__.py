"""From runs and films to pictures of the board: which taps, which metrics, which figure of `viz`."""
