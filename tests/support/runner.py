"""A process that runs the jobs of a data folder and does nothing else: `python -m support.runner FOLDER`."""

import sys
from pathlib import Path

from landingpad import logs
from landingpad.jobs.events import EventJob
from landingpad.jobs.queue import JobRunner
from landingpad.server.parts import Parts
from landingpad.settings import Settings


def main(folder: Path) -> None:
    """Run jobs until the standard input ends."""
    logs.configure("info", "text")
    parts = Parts(Settings(data=folder, dev=True), scheme="http", port=8080)
    events = EventJob(parts.services, parts.deliveries)
    runner = JobRunner(parts.services, events, parts.job_listeners, poll_seconds=0.1)
    runner.start()
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    sys.stdin.read()
    runner.stop()
    parts.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
