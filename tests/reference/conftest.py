"""The portal of the examples, made once for every file of these tests."""

import pytest

from reference.prepared import Prepared, prepared_portal


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Prepared:
    """Return a portal to be copied by each test."""
    return prepared_portal(tmp_path_factory.mktemp("databases"), tmp_path_factory.mktemp("prepared"))
