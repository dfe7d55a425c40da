"""What every test needs."""

from collections.abc import Iterator

import pytest
from django.test import override_settings
from hypothesis import settings

# How long an example takes says how busy the machine is.
settings.register_profile("lupcms", deadline=None)
settings.load_profile("lupcms")

pytest_plugins = ["lupcms.tests.browser", "lupcms.tests.servers"]


@pytest.fixture(autouse=True, scope="session")
def _settings_of_tests(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Pictures that tests upload go with the tests, and a password that a test sets need not take a second."""
    with override_settings(
        MEDIA_ROOT=tmp_path_factory.mktemp("media"),
        PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"],
    ):
        yield
