"""The pocket office: one Flask application that serves five small services to public servants.

Start reading at `factory.py`: its DOORS table is the site map. Importing `app` or any `app.x`
never loads the application; only `create_app` does.
"""
