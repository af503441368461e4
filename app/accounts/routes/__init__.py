"""The URLs of accounts, one blueprint for each guard: sign_in, me, people, device_api, first_run."""
