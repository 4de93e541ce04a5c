"""The worker protocol of Multi Model Server: big-endian int32 fields over a stream socket."""
import struct

LOAD = 0x4C
PREDICT = 0x49
END = -1

_INT = struct.Struct(">i")
_CHUNK = 64 * 1024


class Disconnected(Exception):
    """The front end closed the connection."""


class Reader(object):
    """Reads fields from a socket through one buffer; a large value is received where it will stay."""

    def __init__(self, sock):
        self._sock = sock
        self._buffer = bytearray(_CHUNK)
        self._view = memoryview(self._buffer)
        self._start = 0
        self._end = 0

    def byte(self):
        self._need(1)
        value = self._buffer[self._start]
        self._start += 1
        return value

    def int(self):
        self._need(4)
        (value,) = _INT.unpack_from(self._buffer, self._start)
        self._start += 4
        return value

    def bytes(self, length):
        """The next bytes as a bytearray of their own."""
        if length < 0:
            raise ValueError("a message is broken: a length is %d" % length)
        held = min(length, self._end - self._start)
        value = bytearray(length)
        value[:held] = self._view[self._start : self._start + held]
        self._start += held
        rest = memoryview(value)[held:]
        while len(rest) > 0:
            count = self._sock.recv_into(rest)
            if count == 0:
                raise Disconnected()
            rest = rest[count:]
        return value

    def text(self, length=None):
        return self.bytes(self.int() if length is None else length).decode("utf-8", "replace")

    def list(self, item):
        """A list that ends with -1; `item` gets the length of its first string."""
        items = []
        length = self.int()
        while length != END:
            items.append(item(length))
            length = self.int()
        return items

    def _need(self, count):
        while self._end - self._start < count:
            if self._start == self._end:
                self._start = self._end = 0
            elif _CHUNK - self._start < count:
                held = self._end - self._start
                self._buffer[:held] = self._buffer[self._start : self._end]
                self._start, self._end = 0, held
            received = self._sock.recv_into(self._view[self._end :])
            if received == 0:
                raise Disconnected()
            self._end += received


def read_load(reader):
    """What follows the first byte of a load message."""
    load = {
        "model_name": reader.text(),
        "model_dir": reader.text(),
        "batch_size": reader.int(),
        "handler": reader.text(),
        "gpu_id": reader.int(),
    }
    reader.text()
    return load


def read_predict(reader):
    """What follows the first byte of a predict message: (id, headers, parameters) of each request."""

    def pair(length):
        return reader.text(length), reader.text()

    def parameter(length):
        return reader.text(length), reader.text(), reader.bytes(reader.int())

    def request(length):
        return reader.text(length), reader.list(pair), reader.list(parameter)

    return reader.list(request)


def encode_response(code, message, predictions=()):
    """An answer; a prediction is (id, content type, status, phrase, headers, body)."""
    parts = [_INT.pack(code)]
    _string(parts, message)
    for request_id, content_type, status, phrase, headers, body in predictions:
        _string(parts, request_id)
        _string(parts, content_type)
        parts.append(_INT.pack(status))
        _string(parts, phrase)
        parts.append(_INT.pack(len(headers)))
        for name, value in headers:
            _string(parts, name)
            _string(parts, value)
        parts.append(_INT.pack(len(body)))
        parts.append(body)
    parts.append(_INT.pack(END))
    return b"".join(parts)


def _string(parts, text):
    data = str(text).encode("utf-8", "replace")
    parts.append(_INT.pack(len(data)))
    parts.append(data)
