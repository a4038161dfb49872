"""How a request fails: a status and Ollama's words."""


class Failure(Exception):
    """Becomes `{"error": message}` with this status.

    `at_work` marks what Ollama only finds when it has begun the work: a stream's error then comes
    chunked and as plain `application/json`.
    """

    def __init__(self, status: int, message: str, *, at_work: bool = False) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.at_work = at_work
