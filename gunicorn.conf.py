"""How `make run` and `make serve` serve. WEB_CONCURRENCY sets the number of workers."""

import logging
import os

from lupcms.shows.logs import Discreet

bind = f"127.0.0.1:{os.environ.get('PORT', '8000')}"
workers = int(os.environ.get("WEB_CONCURRENCY", "2"))
worker_class = "gthread"
threads = 4
# Behind a reverse proxy only: a client that sends slowly holds a thread, not the process.
keepalive = 5
# What a proxy says is Django's to judge (BEHIND_PROXY): no header of a client changes scheme or path here.
forwarded_allow_ips = ""
forwarder_headers = ""
secure_scheme_headers: dict[str, str] = {}
# A page that is handed to the inbox comes in an address, with what was selected on it (episodes.inbox).
limit_request_line = 8190
loglevel = "warning"
for name in ("gunicorn.error", "gunicorn.access"):
    logging.getLogger(name).addFilter(Discreet())
