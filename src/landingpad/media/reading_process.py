"""The process that reads one picture: a task at its standard input, the picture at its standard output."""

import resource
import sys

import msgspec

from landingpad.media.picture import NotAPictureError
from landingpad.media.reader import Reading, Task
from landingpad.media.reencode import read_picture

_MOST_MEMORY = 3 * 1024**3
"""Address space; the largest allowed pictures take about half of it."""


def main() -> None:
    """Read the picture within the given seconds of processor time."""
    seconds = int(sys.argv[1])
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
    resource.setrlimit(resource.RLIMIT_AS, (_MOST_MEMORY, _MOST_MEMORY))
    task = msgspec.msgpack.decode(sys.stdin.buffer.read(), type=Task)
    try:
        reading = Reading(read_picture(task.data, task.name, task.box))
    except NotAPictureError as error:
        reading = Reading(problem=str(error))
    except MemoryError:
        reading = Reading(problem="The picture takes too much memory to read. Send a smaller one.")
    sys.stdout.buffer.write(msgspec.msgpack.encode(reading))


if __name__ == "__main__":
    main()
