"""The URLs of accounts: signing in, me, people, a phone's first use, the first run."""
