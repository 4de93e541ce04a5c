"""The worker protocol of Multi Model Server, as its front end speaks it: big-endian int32 fields over a stream socket."""
import struct

INT = struct.Struct(">i")
END = -1
#: Nothing in an answer has a name, an id or a message of more bytes.
_LONGEST_TEXT = 1024 * 1024


class Reader(object):
    """Reads fields from a socket; a large value is received where it will stay."""

    def __init__(self, sock):
        self._sock = sock
        self._chunk = b""
        self._at = 0

    def int(self):
        return INT.unpack(self.bytes(4))[0]

    def bytes(self, length):
        if length < 0:
            raise ValueError("a length is %d" % length)
        end = self._at + length
        if end <= len(self._chunk):
            value = self._chunk[self._at : end]
            self._at = end
            return value
        value = bytearray(length)
        held = len(self._chunk) - self._at
        value[:held] = self._chunk[self._at :]
        self._chunk, self._at = b"", 0
        rest = memoryview(value)[held:]
        while len(rest) >= 65536:
            rest = rest[self._received(self._sock.recv_into(rest)) :]
        while len(rest) > 0:
            chunk = self._sock.recv(65536)
            taken = min(self._received(len(chunk)), len(rest))
            rest[:taken] = chunk[:taken]
            rest = rest[taken:]
            self._chunk, self._at = chunk, taken
        return bytes(value)

    def text(self, length=None):
        size = self.int() if length is None else length
        if size > _LONGEST_TEXT:
            raise ValueError("a text of %d bytes was announced" % size)
        return self.bytes(size).decode("utf-8", "replace")

    @staticmethod
    def _received(count):
        if count == 0:
            raise EOFError()
        return count


def read_response(reader):
    """An answer: (code, message, predictions); a prediction is (content type, status, phrase, headers, body)."""
    code, message = reader.int(), reader.text()
    predictions = []
    length = reader.int()
    while length != END:
        reader.text(length)
        content_type, status, phrase = reader.text(), reader.int(), reader.text()
        count = reader.int()
        if not 0 <= count <= _LONGEST_TEXT:
            raise ValueError("%d headers were announced" % count)
        headers = [(reader.text(), reader.text()) for _ in range(count)]
        predictions.append((content_type, status, phrase, headers, reader.bytes(reader.int())))
        length = reader.int()
    return code, message, predictions
