"""The two kinds of refusal: for the bot, in Telegram's words, and for whoever steers the simulator."""


class ApiError(Exception):
    """What the Bot API answers instead of a result."""

    def __init__(self, code: int, description: str, *, retry_after: int | None = None) -> None:
        """Name the HTTP code, the sentence, and the seconds to wait, for a 429."""
        super().__init__(description)
        self.code = code
        self.description = description
        self.retry_after = retry_after  # seconds


class ControlError(Exception):
    """A wish of the page or of a test that makes no sense, such as a press of a button that is not there."""


def bad_request(text: str) -> ApiError:
    """Return a 400 with Telegram's prefix."""
    return ApiError(400, f"Bad Request: {text}")


def forbidden(text: str) -> ApiError:
    """Return a 403 with Telegram's prefix."""
    return ApiError(403, f"Forbidden: {text}")
