"""Serves the plain relay with Daphne as it comes, on a free port that it prints."""

from daphne.server import Server

from bench.plain import application


class Printing(Server):
    def listen_success(self, port: object) -> None:
        super().listen_success(port)
        print(self.listening_addresses[0][1], flush=True)


if __name__ == "__main__":
    Printing(application, ["tcp:port=0:interface=127.0.0.1:backlog=1024"], verbosity=0).run()
