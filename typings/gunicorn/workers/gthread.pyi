from socket import socket

class ThreadWorker:
    nr_conns: int

    def accept(self, listener: socket) -> None: ...
