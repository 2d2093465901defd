"""`python -m landingpad` is the command line."""

from landingpad.cli import main

main()
