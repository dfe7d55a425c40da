"""The one settings file. Every value that differs between installs comes from the environment.

docs/configuration.md explains each variable; a test compares the two.
"""

import re
from pathlib import Path
from typing import Any

import environ
from django.core.exceptions import ImproperlyConfigured
from django.utils.csp import CSP

BASE_DIR = Path(__file__).resolve().parent.parent

env = environ.Env()
environ.Env.read_env(env.str("ENV_FILE", default=str(BASE_DIR / ".env")))

DEBUG = env.bool("DEBUG", default=False)
# The demo has accounts with known passwords. Only `make run` sets this, for a database of its own.
DEMO = env.bool("DEMO", default=False)

SECRET_KEY = env.str("SECRET_KEY", default="only-for-development" if DEBUG else "")
if not SECRET_KEY:
    raise ImproperlyConfigured(
        "SECRET_KEY is not set, and without it lupcms does not start. `make run` and `make site` make one; by hand: "
        "python -c 'import secrets; print(secrets.token_urlsafe(50))', then SECRET_KEY=… in .env or the environment."
    )

# What this install calls itself: the head of its admin, and the title of the network's page.
SITE_NAME = env.str("SITE_NAME", default="lupcms")

# Which show answers is decided by lupcms.shows.hostnames: a host that belongs to no show is 404 before anything else.
ALLOWED_HOSTS = ["*"]
DEFAULT_HOSTS = env.list("DEFAULT_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
DEFAULT_SHOW = env.str("DEFAULT_SHOW", default="")
# Where the page of all shows lives, if it has a host of its own.
NETWORK_URL = env.str("NETWORK_URL", default="").rstrip("/")
if NETWORK_URL and not re.fullmatch(r"https?://[^/?#]+", NETWORK_URL):
    raise ImproperlyConfigured(
        f"NETWORK_URL is {NETWORK_URL!r}: write scheme and host alone, like https://net.example."
    )

# While this file exists every page answers 503, with the text of the file (lupcms.shows.maintenance).
MAINTENANCE_FILE = env.str("MAINTENANCE_FILE", default="") or str(BASE_DIR / "var" / "maintenance")

INSTALLED_APPS = [
    "reversion",
    "taggit",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.sitemaps",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "lupcms.shows",
    "episodes",
    "hosts",
    "sponsors",
]

MIDDLEWARE = [
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "lupcms.shows.maintenance.rest_while_maintained",
    "lupcms.shows.hostnames.show_of_host",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "lupcms.shows.visitors.visitors_have_no_cookies",
    "lupcms.shows.languages.visitors_read_the_shows_language",
    "django.middleware.http.ConditionalGetMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "lupcms.shows.signing_in.SignedInWhileUsed",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    # Next to the views: it asks what they did not find.
    "lupcms.shows.addresses.network_knows_old_paths",
]

ROOT_URLCONF = "lupcms.urls"
WSGI_APPLICATION = "lupcms.wsgi.application"
# A published address is never guessed at: the episode view folds what is folded, and tags may end in a slash.
APPEND_SLASH = False

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

# --- Database: SQLite set up for production, or PostgreSQL by DATABASE_URL ---

DATABASES = {"default": env.db_url("DATABASE_URL", default=f"sqlite:///{BASE_DIR / 'var' / 'lupcms.sqlite3'}")}
DATABASES["default"] |= {"CONN_MAX_AGE": None, "CONN_HEALTH_CHECKS": True}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    DATABASES["default"]["OPTIONS"] = {
        # Readers never wait. A writer takes the lock when it begins, so that no transaction fails half-way.
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
        "transaction_mode": "IMMEDIATE",
        "timeout": env.int("SQLITE_TIMEOUT_SECONDS", default=30),
    }
    # A file as in production: in memory, the threads of a server under test would share one connection.
    DATABASES["default"]["TEST"] = {"NAME": BASE_DIR / "var" / "tests.sqlite3"}

# --- People ---

AUTH_USER_MODEL = "shows.User"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]

# Two weeks without a save; each one begins them anew (lupcms.shows.signing_in).
SESSION_COOKIE_AGE = env.int("SESSION_DAYS", default=14) * 24 * 60 * 60
CSRF_FAILURE_VIEW = "lupcms.shows.signing_in.csrf_failure"

# --- Language and time; each show has its own zone and language for its pages ---

LANGUAGE_CODE = "en"
# What lupcms itself speaks on public pages; a show's own texts can be in any language.
LANGUAGES = [("en", "English"), ("de", "Deutsch")]
LOCALE_PATHS = [BASE_DIR / "lupcms" / "locale"]
FORMAT_MODULE_PATH = "lupcms.formats"
TIME_ZONE = env.str("TIME_ZONE", default="UTC")

# --- Static files ---

STATIC_URL = "static/"
STATIC_ROOT = env.path("STATIC_ROOT", default=str(BASE_DIR / "var" / "static"))
STATICFILES_DIRS = [BASE_DIR / "static"]
WHITENOISE_AUTOREFRESH = WHITENOISE_USE_FINDERS = DEBUG
STORAGES = {
    # The same name is the same file.
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"allow_overwrite": True}},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}

# --- Uploaded pictures and audio: `lupcms.shows.media` serves what of them is public (docs/player.md) ---

MEDIA_URL = "/media/"
MEDIA_ROOT = env.path("MEDIA_ROOT", default=str(BASE_DIR / "var" / "media"))

# --- Forms: an episode with 122 links and 90 tags posts some 1,200 fields ---

DATA_UPLOAD_MAX_NUMBER_FIELDS = 10_000
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024

# --- Security ---

HTTPS = env.bool("HTTPS", default=not DEBUG)
SECURE_SSL_REDIRECT = HTTPS
SESSION_COOKIE_SECURE = HTTPS
CSRF_COOKIE_SECURE = HTTPS
SECURE_HSTS_SECONDS = env.int("HSTS_SECONDS", default=31_536_000) if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = env.bool("HSTS_SUBDOMAINS", default=False)
# A show often lives at the apex of a domain that has other things below it: its owner decides about those.
# And mail to sponsors is printed where nobody asked for it to be sent.
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021", "mail.E001"]
if env.bool("BEHIND_PROXY", default=False):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"
# Players of other hosts that a press may load into an episode's page (docs/decisions/0014).
PLAYER_HOSTS = env.list("PLAYER_HOSTS", default=["player.fireside.fm"])
SECURE_CSP = {
    "default-src": [CSP.NONE],
    "script-src": [CSP.SELF],
    "style-src": [CSP.SELF],
    "img-src": [CSP.SELF],
    "font-src": [CSP.SELF],
    "media-src": [CSP.SELF, "https:"],
    "frame-src": [f"https://{host}" for host in PLAYER_HOSTS] or [CSP.NONE],
    "connect-src": [CSP.SELF],
    "form-action": [CSP.SELF],
    "base-uri": [CSP.NONE],
    "frame-ancestors": [CSP.NONE],
}

# --- Other servers: where audio is, what a link's page is called, hubs (`lupcms.shows.fetch`) ---

ASK_OTHER_SERVERS = env.bool("ASK_OTHER_SERVERS", default=True)

# --- Mail to sponsors' recipients ---

DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="lupcms@localhost")
_mail = env.email_url("EMAIL_URL", default="consolemail://")
MAILERS: dict[str, Any] = {"default": {"BACKEND": _mail["EMAIL_BACKEND"], "OPTIONS": {}}}
if _mail["EMAIL_BACKEND"].endswith("smtp.EmailBackend"):
    MAILERS["default"]["OPTIONS"] = {
        "host": _mail["EMAIL_HOST"],
        "port": _mail["EMAIL_PORT"],
        "username": _mail["EMAIL_HOST_USER"],
        "password": _mail["EMAIL_HOST_PASSWORD"],
        "use_tls": _mail.get("EMAIL_USE_TLS"),
        "use_ssl": _mail.get("EMAIL_USE_SSL"),
        # A save in the admin waits for it.
        "timeout": 10,
    }

# --- What nobody who saves should wait for (`episodes.feeds.websub`) ---

TASKS = {"default": {"BACKEND": env.str("TASKS_BACKEND", default="lupcms.shows.tasks.ThreadBackend")}}

# --- taggit: names are text between commas, and nothing else (`episodes.tags`) ---

TAGGIT_TAGS_FROM_STRING = "episodes.tags.names_from_text"
TAGGIT_STRING_FROM_TAGS = "episodes.tags.text_from_tags"

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"discreet": {"()": "lupcms.shows.logs.Discreet"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "filters": ["discreet"]}},
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", default="INFO")},
    # Django's own handlers would print what ours leaves out, and a second time what it says.
    "loggers": {"django": {"handlers": []}, "django.server": {"handlers": [], "propagate": True}},
}
