"""The WSGI entry: `app` is the application, made from the environment."""

import logging
import sys

from app.core.config import Config, ConfigError
from app.core.db import map_pages, migrate_if_new
from app.factory import create_app, start_warming

# An answer that comes back from the database waits for the interpreter until whoever computes
# gives it up: half a millisecond at a time, not five. With 50 people who type, the slowest answers
# take a third less.
sys.setswitchinterval(0.0005)
try:
    config = Config.from_env()
except ConfigError as error:
    for line in error.lines:
        print(f"config: {line}", file=sys.stderr)
    sys.exit(2)
app = create_app(config)
map_pages(app)
for line in config.warnings():
    logging.getLogger("app.config").warning(line)
migrate_if_new(app)
start_warming(app)
