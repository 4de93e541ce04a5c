"""One Node worker process, and its life."""
import collections
import os
import signal
import socket
import subprocess

from .copies import discard
from .failures import BridgeError, Died
from .node import ARCHIVE, environment
from .output import pump
from .wire import Reader, read_response

#: Where the worker lies in the archive.
WORKER = os.path.join(ARCHIVE, "MAR-INF", "bridge", "dist", "worker", "main.js")
#: Lines of the last standard error that a report on a death repeats.
_KEPT_LINES = 20


class Worker(object):
    """A Node process behind a socket pair. It ends when this process does: it watches a pipe whose other end is here."""

    def __init__(self, node, load):
        self._sock, theirs = socket.socketpair()
        watched, self._held = os.pipe()
        self._reader = Reader(self._sock)
        self._loading = True
        self._tail = collections.deque(maxlen=_KEPT_LINES)
        try:
            command = [node, WORKER, str(watched), str(theirs.fileno())]
            self._process = subprocess.Popen(
                command,
                cwd=ARCHIVE,
                env=environment(node),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                pass_fds=(watched, theirs.fileno()),
                start_new_session=True,
            )
        except Exception:
            self._sock.close()
            os.close(self._held)
            raise
        finally:
            discard()
            os.close(watched)
            theirs.close()
        self._pumps = [pump(self._process.stdout, 1, None), pump(self._process.stderr, 2, self._tail)]
        try:
            self._sock.sendall(load)
        except OSError:
            # It is gone already: the answer that does not come says why.
            pass

    def ended(self):
        return self._process.poll() is not None

    def loaded(self):
        """Waits for the answer to the load message, the first time."""
        if not self._loading:
            return
        code, text, _ = self._answer()
        self._loading = False
        if code == 507:
            raise MemoryError(text)
        if code != 200:
            raise BridgeError(text)

    def ask(self, message):
        """(code, message, predictions) of a batch. Raises Died."""
        try:
            self._sock.sendall(message)
        except OSError:
            raise Died(self._end())
        answer = self._answer()
        self._tail.clear()
        return answer

    def close(self, is_ours):
        """Ends the process and what it started, when it is a child of this one."""
        self._sock.close()
        os.close(self._held)
        if not is_ours:
            return
        try:
            os.killpg(self._process.pid, signal.SIGKILL)
        except OSError:
            pass
        self._process.wait()
        self._process.stdout.close()
        self._process.stderr.close()

    def _answer(self):
        try:
            return read_response(self._reader)
        except (OSError, EOFError):
            raise Died(self._end())
        except ValueError as error:
            raise Died("sent what is not an answer: %s" % error)

    def _end(self):
        """How it ended, and what it said last."""
        try:
            code = self._process.wait(timeout=2)
            for pump in self._pumps:
                pump.join(0.5)
        except subprocess.TimeoutExpired:
            code = None
        if code is None:
            how = "closed its connection"
        elif code < 0:
            how = "was killed by %s" % _signal_name(-code)
        else:
            how = "exited with code %d" % code
        return "\n".join([how] + ["  " + line for line in self._tail])


def _signal_name(number):
    try:
        return signal.Signals(number).name
    except ValueError:
        return "signal %d" % number
