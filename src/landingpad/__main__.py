"""The program `landingpad`, also `python -m landingpad`."""

import gc


def main() -> None:
    """Run the command line."""
    gc.disable()  # what is imported stays: searching it for garbage takes a sixth of the time of --help
    from landingpad.cli.main import app  # noqa: PLC0415  # after the line above

    gc.freeze()
    gc.enable()
    app()


if __name__ == "__main__":
    main()
