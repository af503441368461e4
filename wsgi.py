"""The WSGI entry: `app` is the application, made from the environment."""

import sys

from app.core.config import Config, ConfigError
from app.core.db import migrate_if_new
from app.factory import create_app, start_warming

try:
    app = create_app(Config.from_env())
except ConfigError as error:
    for line in error.lines:
        print(f"config: {line}", file=sys.stderr)
    sys.exit(2)
migrate_if_new(app)
start_warming(app)
