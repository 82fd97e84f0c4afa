"""Everything that runs without a browser: experiments, networks, tasks, training, analysis."""
