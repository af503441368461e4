"""Every select of trips; each takes the organisation or the person it may see."""
