"""Entry point: `booking`, or `python -m booking`."""

import sys

from booking.cli.parser import main

if __name__ == "__main__":
    sys.exit(main())
