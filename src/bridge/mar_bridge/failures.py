"""What can stand in the way of an answer."""


class BridgeError(Exception):
    """The Node worker cannot be started, or cannot load its handler."""


class Died(Exception):
    """The Node worker ended, or sent what is not an answer; below the first line stands what it said last."""
