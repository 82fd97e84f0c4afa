"""What can be read off a trained network: arrays in, arrays out."""
