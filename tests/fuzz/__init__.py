"""Bad input: whatever the encoder is given, every store takes what it makes, and reads it back."""
