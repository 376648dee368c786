"""Rows are built without holding the write lock, so that the connector can write."""

from tests.social.conftest import session

__all__ = ["session"]
