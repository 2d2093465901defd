"""scripts/setup on computers of every kind: each test lays out what is installed, and reads what the script does.

The computer is a PATH of its own: the few real tools that the script calls, and recorders in place of uv, apt and their
kind. The two absolute paths in which the script looks are moved into the test's folder.
"""

import os
import shutil
import subprocess
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
REAL_TOOLS = ("basename", "cat", "date", "dirname", "env", "grep", "ls", "mkdir", "printf", "rm", "sh", "tail")
PICTURES = "libatomic1 fonts-dejavu-core fonts-liberation fonts-noto-core fonts-noto-cjk fonts-noto-color-emoji"
SYNC = "uv sync --frozen --inexact --extra postgresql"
APT = "apt-get update && sudo apt-get install -y --no-install-recommends"


class Computer:
    """A checkout and a PATH; every call of a recorded program is a line of `calls`."""

    def __init__(self, folder: Path) -> None:
        self.checkout = folder / "checkout"
        self.bin = folder / "bin"
        self.log = folder / "calls"
        self.home = folder / "home"
        for path in (self.checkout / "scripts", self.checkout / ".venv" / "bin", self.bin, self.home):
            path.mkdir(parents=True)
        script = (ROOT / "scripts" / "setup").read_text()
        for system_path in ("/usr/lib/postgresql", "/etc/os-release"):
            assert system_path in script
            script = script.replace(system_path, f"{folder}{system_path}")
        (self.checkout / "scripts" / "setup").write_text(script)
        (self.checkout / "scripts" / "setup").chmod(0o755)
        self.system = folder
        for tool in REAL_TOOLS:
            found = shutil.which(tool)
            assert found, f"these tests need {tool}"
            (self.bin / tool).symlink_to(found)
        self.log.touch()
        self.has("timeout", 'shift; exec "$@"')
        self.user(1000)
        self.has("python3")
        self.has("php")
        self.has("apt-get")
        self.packages_installed(present=True)
        self.playwright("echo 'Error: getaddrinfo ENOTFOUND'; exit 1")

    def has(self, program: str, script: str = "exit 0", where: Path | None = None) -> None:
        path = (where or self.bin) / program
        path.parent.mkdir(parents=True, exist_ok=True)
        path.unlink(missing_ok=True)
        path.write_text(f'#!/bin/sh\necho "{program} $*" >>"{self.log}"\n{script}\n')
        path.chmod(0o755)

    def lacks(self, program: str) -> None:
        (self.bin / program).unlink(missing_ok=True)

    def user(self, number: int) -> None:
        self.has("id", f"echo {number}")

    def packages_installed(self, *, present: bool) -> None:
        """Decide what dpkg says of every package."""
        self.has("dpkg-query", 'shift 3; for name in "$@"; do echo installed; done' if present else "exit 1")

    def playwright(self, install: str, libraries: str = "exit 1") -> None:
        """Decide what `uv tool run playwright` does; every other command of uv succeeds."""
        run = "tool run playwright"
        self.has("uv", f'case "$*" in "{run} install "*) {install} ;; "{run} install-deps "*) {libraries} ;; esac')

    @property
    def downloaded(self) -> Path:
        return self.home / ".cache" / "ms-playwright" / "chromium_headless_shell-1" / "chrome-headless-shell-linux64"

    def setup(self, want: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [self.checkout / "scripts" / "setup", want],
            env={"PATH": str(self.bin), "HOME": str(self.home)},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
            timeout=30,
        )

    @property
    def calls(self) -> str:
        return self.log.read_text()


@pytest.fixture
def computer(tmp_path: Path) -> Computer:
    """A developer's Debian that has everything but Chromium and PostgreSQL."""
    return Computer(tmp_path)


def apt_brings(computer: Computer, *programs: str) -> None:
    """Installing puts these on the PATH, and dpkg knows the packages from then on."""
    made = "".join(
        f'printf "#!/bin/sh\\n" >"{computer.bin}/{name}"; chmod +x "{computer.bin}/{name}"; ' for name in programs
    )
    (computer.bin / "chmod").symlink_to(shutil.which("chmod") or "/bin/chmod")
    computer.has("apt-get", f'case "$*" in *" install "*) {made or ":"} ;; esac')


def test_nothing_is_fetched_where_everything_is(computer: Computer) -> None:
    computer.has("chromium")
    computer.has("initdb")
    done = computer.setup("test")
    assert (done.returncode, done.stdout) == (0, "setup: everything is in place\n")
    assert "apt-get" not in computer.calls
    assert "playwright" not in computer.calls
    assert f"{SYNC} --check\n" in computer.calls
    assert f"{SYNC}\n" not in computer.calls


def test_packages_are_synced_when_the_lock_file_is_ahead(computer: Computer) -> None:
    computer.has("chromium")
    computer.has("uv", 'case "$*" in *--check*) exit 1 ;; esac')
    done = computer.setup("serve")
    assert done.returncode == 0
    assert "setup: Python packages: done" in done.stdout
    assert f"{SYNC} --no-default-groups\n" in computer.calls


def test_serving_and_testing_do_not_undo_each_others_packages(computer: Computer) -> None:
    """Neither removes anything; `serve` leaves out the groups of checks and tests, and none takes that of bench/."""
    computer.has("chromium")
    computer.has("initdb")
    computer.has("uv", 'case "$*" in *--check*) exit 1 ;; esac')
    for want in ("serve", "test"):
        assert computer.setup(want).returncode == 0
    syncs = [line for line in computer.calls.splitlines() if line.startswith("uv sync") and "--check" not in line]
    assert syncs == [f"{SYNC} --no-default-groups", SYNC]


def test_a_failing_sync_shows_its_reason(computer: Computer) -> None:
    computer.has("chromium")
    computer.has("uv", 'case "$*" in sync*) echo "no route to the index" >&2; exit 2 ;; esac')
    done = computer.setup("serve")
    assert done.returncode == 1
    assert "no route to the index" in done.stdout


def test_a_server_without_chromium_still_starts(computer: Computer) -> None:
    """Serving pages and answering calls need no browser: a warning with the command, not a failure."""
    done = computer.setup("serve")
    assert done.returncode == 0
    assert "warning: the server runs, but its pictures need more" in done.stdout
    assert f"sudo {APT} chromium-headless-shell chromium-sandbox\n" in done.stdout
    assert "ENOTFOUND" in done.stdout


def test_tests_without_chromium_do_not_start(computer: Computer) -> None:
    """One command names everything that is missing."""
    computer.packages_installed(present=False)
    done = computer.setup("test")
    assert done.returncode == 1
    assert done.stdout.endswith(f"sudo {APT} {PICTURES} postgresql chromium-headless-shell chromium-sandbox\n")
    assert "apt-get" not in computer.calls


def test_serving_needs_no_postgresql(computer: Computer) -> None:
    computer.has("chromium")
    done = computer.setup("serve")
    assert (done.returncode, done.stdout) == (0, "setup: everything is in place\n")


def test_root_gets_everything_installed_at_once(computer: Computer) -> None:
    computer.user(0)
    computer.packages_installed(present=False)
    apt_brings(computer, "chromium-headless-shell", "initdb")
    done = computer.setup("test")
    assert done.returncode == 0, done.stdout
    assert done.stdout.endswith("setup: everything is in place\n")
    installs = [line for line in computer.calls.splitlines() if " install " in line]
    assert len(installs) == 1
    assert installs[0].endswith(
        f"--no-install-recommends {PICTURES} chromium-headless-shell chromium-sandbox postgresql"
    )
    assert "playwright" not in computer.calls


def test_root_hears_of_a_failing_apt(computer: Computer) -> None:
    computer.user(0)
    computer.has("chromium")
    computer.has("apt-get", 'case "$*" in *" install "*) echo "E: no such package" >&2; exit 100 ;; esac')
    done = computer.setup("test")
    assert done.returncode == 1
    assert "E: no such package" in done.stdout
    assert done.stdout.endswith("apt-get update && apt-get install -y --no-install-recommends postgresql\n")


def test_a_download_by_playwright_needs_nobodys_help(computer: Computer) -> None:
    program = computer.downloaded / "chrome-headless-shell"
    (computer.bin / "chmod").symlink_to(shutil.which("chmod") or "/bin/chmod")
    computer.playwright(f'mkdir -p "{program.parent}"; printf "#!/bin/sh\\n" >"{program}"; chmod +x "{program}"')
    done = computer.setup("serve")
    assert done.returncode == 0
    assert done.stdout.endswith("setup: Chromium: done\nsetup: everything is in place\n")
    assert "uv tool run playwright install --only-shell chromium" in computer.calls
    assert computer.setup("serve").stdout == "setup: everything is in place\n"
    assert computer.calls.count("\nuv tool run playwright install ") == 1


def test_a_downloaded_chromium_without_its_libraries_is_no_chromium(computer: Computer) -> None:
    """It says so each time, as the server prefers that one to the system's."""
    computer.has("chrome-headless-shell", "exit 127", computer.downloaded)
    for _ in range(2):
        done = computer.setup("serve")
        assert done.returncode == 0
        assert 'sudo "$(command -v uv)" tool run playwright install-deps chromium\n' in done.stdout
    computer.has("initdb")
    assert computer.setup("test").returncode == 1


def test_root_gets_the_libraries_of_a_downloaded_chromium(computer: Computer) -> None:
    computer.user(0)
    computer.has("chrome-headless-shell", "exit 127", computer.downloaded)
    program = computer.downloaded / "chrome-headless-shell"
    computer.playwright("exit 1", f'printf "#!/bin/sh\\n" >"{program}"')
    done = computer.setup("serve")
    assert done.returncode == 0
    assert done.stdout.endswith("setup: everything is in place\n")


def test_uv_is_fetched_into_the_checkout_where_there_is_none(computer: Computer) -> None:
    computer.has("chromium")
    computer.lacks("uv")
    tools = computer.checkout / ".tools" / "bin"
    fake_pip = computer.checkout.parent / "pip"
    fake_uv = computer.checkout.parent / "fake-uv"
    computer.has("fake-uv", where=computer.checkout.parent)
    computer.has("pip", f'cp "{fake_uv}" "{tools}/uv"', computer.checkout.parent)
    computer.has(
        "python3", f'case "$*" in "-m venv .tools") mkdir -p "{tools}"; cp "{fake_pip}" "{tools}/python" ;; esac'
    )
    (computer.bin / "cp").symlink_to(shutil.which("cp") or "/bin/cp")
    done = computer.setup("serve")
    assert done.returncode == 0, done.stdout
    assert "setup: uv: done" in done.stdout
    assert "pip -m pip install" in computer.calls
    assert "fake-uv sync --frozen" in computer.calls


def test_a_python_without_venv_is_said_in_one_command_with_the_rest(computer: Computer) -> None:
    computer.lacks("uv")
    computer.has("python3", "exit 1")
    done = computer.setup("test")
    assert done.returncode == 1
    assert done.stdout.endswith(f"sudo {APT} python3-venv postgresql chromium-headless-shell chromium-sandbox\n")


def test_ubuntus_chromium_package_is_not_asked_for(computer: Computer) -> None:
    """It is an empty one that refers to a snap."""
    (computer.system / "etc").mkdir()
    (computer.system / "etc" / "os-release").write_text("NAME=Ubuntu\nID=ubuntu\nID_LIKE=debian\n")
    done = computer.setup("test")
    assert done.returncode == 1
    assert f"sudo {APT} postgresql\n" in done.stdout
    assert "set LANDINGPAD_CHROMIUM" in done.stdout


def test_samples_for_php_need_php(computer: Computer) -> None:
    for program in ("chromium", "initdb"):
        computer.has(program)
    computer.lacks("php")
    assert computer.setup("serve").returncode == 0
    done = computer.setup("test")
    assert done.returncode == 1
    assert done.stdout.endswith(f"sudo {APT} php-cli php-curl\n")


def test_debians_postgresql_is_found_off_the_path(computer: Computer) -> None:
    computer.has("chromium")
    computer.has("initdb", where=computer.system / "usr" / "lib" / "postgresql" / "15" / "bin")
    assert computer.setup("test").stdout == "setup: everything is in place\n"


def test_elsewhere_than_on_debian_the_names_are_said(computer: Computer) -> None:
    computer.lacks("apt-get")
    computer.lacks("dpkg-query")
    done = computer.setup("test")
    assert done.returncode == 1
    assert "Install these with this system's package manager, then try again: postgresql\n" in done.stdout
    assert "set LANDINGPAD_CHROMIUM" in done.stdout
    assert "sudo" not in done.stdout


@pytest.mark.parametrize(("lock_age", "installs"), [(-60, 0), (60, 1)])
def test_node_is_for_the_clients_written_for_it(computer: Computer, lock_age: int, installs: int) -> None:
    """Their packages are installed when the lock file is newer than what is there."""
    for program in ("chromium", "initdb", "node", "npm"):
        computer.has(program)
    clients = computer.checkout / "tests" / "clients"
    (clients / "node_modules").mkdir(parents=True)
    (clients / "package.json").touch()
    (clients / "node_modules" / ".package-lock.json").touch()
    (clients / "package-lock.json").touch()
    moment = time.time() + lock_age
    os.utime(clients / "package-lock.json", (moment, moment))
    done = computer.setup("test")
    assert done.returncode == 0
    assert computer.calls.count("npm ci --prefix tests/clients") == installs


@pytest.mark.parametrize(("version", "is_enough"), [("v16.20.2", False), ("v18.20.8", True), ("v22.1.0", True)])
def test_an_old_node_is_named_before_anything_is_installed_for_it(
    computer: Computer, version: str, is_enough: bool
) -> None:
    """Debian 12 has 18, which is enough; before that tests would fail in ways that nobody understands."""
    for program in ("chromium", "initdb", "npm"):
        computer.has(program)
    computer.has("node", f"echo {version}")
    clients = computer.checkout / "tests" / "clients"
    clients.mkdir(parents=True)
    (clients / "package.json").touch()
    (clients / "package-lock.json").touch()
    done = computer.setup("test")
    assert (done.returncode == 0) is is_enough
    assert ("npm ci" in computer.calls) is is_enough
    assert (f"need Node 18 or newer, and this is {version}" in done.stdout) is not is_enough


def test_node_is_asked_for_with_the_rest(computer: Computer) -> None:
    computer.has("chromium")
    computer.has("initdb")
    clients = computer.checkout / "tests" / "clients"
    clients.mkdir(parents=True)
    (clients / "package.json").touch()
    assert computer.setup("serve").returncode == 0
    done = computer.setup("test")
    assert done.returncode == 1
    assert done.stdout.endswith(f"sudo {APT} nodejs npm\n")


@pytest.mark.parametrize("arguments", [[], ["everything"]])
def test_an_unknown_word_is_refused(computer: Computer, arguments: list[str]) -> None:
    done = subprocess.run(
        [computer.checkout / "scripts" / "setup", *arguments], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (2, "usage: scripts/setup serve|test\n")
    assert computer.calls == ""
