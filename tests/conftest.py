"""Fixtures shared by all tests."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support import fuzzing
from tests.support.postgres import NotInstalled, Postgres
from tests.support.small_story import small_story_files

fuzzing.register()


@pytest.fixture(autouse=True, scope="session")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Return a cache folder of the tests' own."""
    with pytest.MonkeyPatch.context() as patched:
        place = tmp_path_factory.mktemp("cache")
        patched.setenv("XDG_CACHE_HOME", str(place))
        yield place


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """Return the small story as a folder on disk."""
    folder = tmp_path / "knowledge"
    for name, data in small_story_files().items():
        path = folder / name
        path.parent.mkdir(exist_ok=True, parents=True)
        path.write_bytes(data)
    return folder


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """Start a PostgreSQL server; skip tests that need one if it is not installed."""
    try:
        server = Postgres()
    except NotInstalled as error:
        pytest.skip(str(error))
    with server:
        yield server


@pytest.fixture(params=["sqlite", "postgresql"])
def address(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Return the address of an empty journal, on each database in turn."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/data/pilcrow.sqlite3"
    server: Postgres = request.getfixturevalue("postgres")
    return server.database()
