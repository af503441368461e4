"""The URLs of trips, one blueprint for each guard: home, verdict, public_api, stamp_api, my_api, desk."""
