"""`python -m mipo_sim` is the command `mipo`."""

import sys

from mipo_sim.command_line import main

if __name__ == "__main__":
    sys.exit(main())
