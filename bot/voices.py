"""Send recordings: uploaded once, then by the id under which Telegram holds them.

The id is kept by bot and by the hash of the file, so a recording that was replaced is uploaded anew. An id
that Telegram refuses is dropped, and the file goes up again.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import structlog
from sqlalchemy.exc import DBAPIError
from telegram.error import BadRequest

from locales.recordings import Recording, Recordings
from storage import uploads
from storage.engine import Database

FORBIDDEN = ("voice_messages_forbidden", "voice messages are forbidden", "restricted receiving of voice")
log = structlog.get_logger()

Made = Callable[[str, dict[str, Any], tuple[str, str, bytes] | None], Awaitable[Any]]


@dataclass(frozen=True, kw_only=True)
class Voices:
    """What recordings are sent with."""

    database: Database
    recordings: Recordings
    bot_id: int
    now: Callable[[], datetime]

    async def send(self, name: str, params: dict[str, Any], call: Made) -> None:
        """Send the recording `name` with `call(method, params, file)`.

        Raises BadRequest when it is gone, and TelegramError as the call does.
        """
        recording = self.recordings.read(name)
        if recording is None:
            raise BadRequest("the recording is gone")
        try:
            await self._send_voice(recording, params, call)
        except BadRequest as error:
            if not any(text in error.message.lower() for text in FORBIDDEN):
                raise
            await call("sendDocument", params, _file("document", recording))  # who takes no voice messages

    async def _send_voice(self, recording: Recording, params: dict[str, Any], call: Made) -> None:
        if recording.seconds:
            params = {**params, "duration": recording.seconds}
        async with self.database.reading() as store:
            known = await uploads.known(store, self.bot_id, recording.digest)
        if known is not None:
            try:
                await call("sendVoice", {**params, "voice": known}, None)
                return
            except BadRequest as error:
                if "file" not in error.message.lower():
                    raise
            log.info("uploaded file not known any more", topic=recording.name.partition("/")[2])
            async with self.database.writing() as store:
                await uploads.forget(store, self.bot_id, recording.digest, known)
        sent = await call("sendVoice", params, _file("voice", recording))
        await self._keep(recording, sent)

    async def _keep(self, recording: Recording, sent: Any) -> None:
        """Note the id of what was sent; failing to costs one more upload, and never a second copy."""
        voice = sent.get("voice") if isinstance(sent, dict) else None
        file_id = voice.get("file_id") if isinstance(voice, dict) else None
        if not isinstance(file_id, str):
            return
        try:
            async with self.database.writing() as store:
                await uploads.keep(store, self.bot_id, recording.digest, file_id, now=self.now())
        except (DBAPIError, OSError) as error:
            log.warning("upload not noted", fault=type(error).__name__)


def _file(parameter: str, recording: Recording) -> tuple[str, str, bytes]:
    return parameter, f"{recording.name.rpartition('/')[2]}.ogg", recording.content
