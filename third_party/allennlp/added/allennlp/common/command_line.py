"""What the user of the command line sees of an error: one line, unless a traceback is asked for."""

import logging
import os
import tarfile
from collections.abc import Callable

from allennlp.common.checks import ConfigurationError
from allennlp.common.util import SigTermReceived
from allennlp.start import INTERRUPTED, stop

# Asks for tracebacks, and as ever for debug messages in the log.
DEBUG_VARIABLE = "ALLENNLP_DEBUG"
TERMINATED = 128 + 15

# Everything else is a defect, and a defect is reported with its traceback.
USER_ERRORS = (
    ConfigurationError,
    FileNotFoundError,
    IsADirectoryError,
    NotADirectoryError,
    PermissionError,
    tarfile.TarError,
)


def run_command(main: Callable[[], None]) -> None:
    """Call `main`; where the user can mend what it raises, exit with one line on stderr and status 1.

    Ctrl-C exits with status 130 and SIGTERM with 143; a defect is raised as it is.
    """
    try:
        main()
    except KeyboardInterrupt:
        stop("interrupted", INTERRUPTED)
    except SigTermReceived:
        stop("terminated", TERMINATED)
    except USER_ERRORS as error:
        if os.environ.get(DEBUG_VARIABLE):
            raise
        log_to_files(error)
        stop(one_line(error), 1)


def one_line(error: Exception) -> str:
    """What the user is told of an error."""
    return " ".join(str(error).split()) or type(error).__name__


def log_to_files(error: Exception) -> None:
    """A run's log file keeps the traceback that the terminal is spared."""
    root = logging.getLogger()
    record = root.makeRecord(
        root.name,
        logging.CRITICAL,
        __file__,
        0,
        "Stopped by an error",
        (),
        (type(error), error, error.__traceback__),
    )
    for handler in root.handlers:
        if isinstance(handler, logging.FileHandler):
            handler.handle(record)
