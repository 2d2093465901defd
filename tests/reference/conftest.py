"""The portal of the examples, built once per test file."""

import pytest

from reference.prepared import Prepared, prepared_portal


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Prepared:
    """Return a portal that each test copies."""
    return prepared_portal(tmp_path_factory.mktemp("databases"), tmp_path_factory.mktemp("prepared"))
