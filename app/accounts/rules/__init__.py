"""Pure decisions about people: what is refused, who is throttled, which key is whose."""
