"""The one error of the build."""


class BuildError(RuntimeError):
    """The patched wheel cannot be built; the message names the culprit and the mend."""
