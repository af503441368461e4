"""Pure decisions about stamps: no request, no SQL, no clock, no randomness, no input or output."""
