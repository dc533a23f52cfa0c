"""`python -m bot` and the command `pilcrow`."""

import gc
import sys


def main() -> int:
    """Run the command line and return the exit status.

    Garbage is not collected while importing, nor at exit: that takes longer than answering a question.
    """
    gc.disable()
    from bot.terminal import cli

    status = cli.main()
    gc.freeze()
    return status


if __name__ == "__main__":
    sys.exit(main())
