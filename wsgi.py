"""The WSGI entry: `app` is the application, made from the environment."""

import logging
import sys

from app.core.config import Config, ConfigError
from app.core.db import migrate_if_new
from app.factory import create_app, start_warming

try:
    config = Config.from_env()
except ConfigError as error:
    for line in error.lines:
        print(f"config: {line}", file=sys.stderr)
    sys.exit(2)
app = create_app(config)
for line in config.warnings():
    logging.getLogger("app.config").warning(line)
migrate_if_new(app)
start_warming(app)
