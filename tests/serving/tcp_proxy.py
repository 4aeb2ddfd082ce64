"""The line between browsers and a server, which can be cut and mended: what a network does, without the cost of a new server."""

import contextlib
import socket
import threading

CHUNK_BYTES = 65_536


class TcpProxy:
    """Passes on what comes to a port of this machine, until it is cut; then nobody answers there, and nothing half sent goes on."""

    def __init__(self, port: int, server_port: int) -> None:
        self.port, self.server_port = port, server_port
        self.listener: socket.socket | None = None
        self.ends: list[socket.socket] = []
        self.turn = threading.Lock()

    def mend(self) -> None:
        """Take connections, if nobody does."""
        if self.listener is None:
            self.listener = socket.create_server(("127.0.0.1", self.port))
            threading.Thread(target=self._take, args=(self.listener,), daemon=True).start()

    def cut(self) -> None:
        """Take no more connections and drop those that there are."""
        with self.turn:
            ends, self.ends = self.ends, []
            if self.listener is not None:
                ends.append(self.listener)
                self.listener = None
        for end in ends:
            _end(end)

    def _take(self, listener: socket.socket) -> None:
        while True:
            try:
                near, _address = listener.accept()
            except OSError:
                return
            try:
                far = socket.create_connection(("127.0.0.1", self.server_port))
            except OSError:
                near.close()
                continue
            with self.turn:
                if listener is not self.listener:
                    near.close()
                    far.close()
                    return
                self.ends += (near, far)
            for source, goal in ((near, far), (far, near)):
                threading.Thread(target=_pass_on, args=(source, goal), daemon=True).start()


def _pass_on(source: socket.socket, goal: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while data := source.recv(CHUNK_BYTES):
            goal.sendall(data)
    _end(source)
    _end(goal)


def _end(end: socket.socket) -> None:
    with contextlib.suppress(OSError):
        end.shutdown(socket.SHUT_RDWR)
    end.close()
