"""What the pages claim, claim by claim, with the experiments that hold it."""
