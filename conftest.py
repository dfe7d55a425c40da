"""Fixtures for every app's tests."""

pytest_plugins = ["lupcms.tests.browser"]
