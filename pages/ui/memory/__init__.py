"""Parts of the pages on recurrence: gates, equations, gradients, interventions, the race."""
