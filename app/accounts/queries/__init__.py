"""Every select of accounts; each takes the organisation or the person it may see."""
