"""`python -m landingpad` is the command line."""

from landingpad.cli.main import main

main()
