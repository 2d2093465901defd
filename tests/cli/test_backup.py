"""`landingpad backup`, `restore` and `doctor` as a person types them."""

from collections.abc import Callable
from pathlib import Path

from typer.testing import CliRunner

from landingpad.cli.main import app
from support.portal import Portal

Run = Callable[..., list[str]]


async def test_a_backup_is_made_checked_and_restored(portal: Portal, run: Run, tmp_path: Path) -> None:
    await portal.published()
    file = tmp_path / "backup.tar"
    [line] = run(f"backup {file}")
    assert line.startswith(f"{file}: ")
    assert line.endswith(", read back and complete")
    [refused] = run(f"backup {file}", status=1)
    assert refused == f"landingpad: {file} exists already. Choose another name; a backup never replaces a file."

    restored = tmp_path / "restored"
    result = CliRunner().invoke(app, ["restore", str(file), "--data", str(restored)])
    assert result.exit_code == 0
    assert result.output.startswith(f"{restored}: ")
    assert result.output.endswith("start `landingpad serve` on it\n")
    result = CliRunner().invoke(app, ["restore", str(file), "--data", str(restored)])
    assert result.exit_code == 1
    assert "is not empty" in result.output


async def test_the_doctor_names_missing_media(portal: Portal, run: Run) -> None:
    _, _, block_id = await portal.published()
    gif = ["a.gif", "R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7"]
    made = await portal.call("landing.block.uploadfile", block=block_id, picture=gif)
    key = made["src"].partition("/_media/")[2].partition("/")[0]
    assert "ok    media: 1 files, none missing" in run("doctor")
    portal.parts.media.remove(key)
    lines = run("doctor", status=1)
    [line] = [line for line in lines if line.startswith("FAIL  media: ")]
    assert f"1 of 1 files that the database names are missing: {key}. " in line
    assert any(line.endswith("up to date, not damaged") for line in lines)
