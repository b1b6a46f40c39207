"""multipart/form-data bodies, as bots send files (RFC 7578)."""

import re
from typing import Any

from simulator.errors import bad_request
from simulator.validation import Upload

_BOUNDARY = re.compile(r'boundary="?([^";]+)"?')
_NAME = re.compile(r'(?:^|[;\s])name="((?:[^"\\]|\\.)*)"')
_FILENAME = re.compile(r'filename="((?:[^"\\]|\\.)*)"')
_TYPE = re.compile(r"content-type:\s*([^\r\n;]+)", re.IGNORECASE)


def parse_multipart(body: bytes, content_type: str) -> dict[str, Any]:
    """Return the fields: texts as str, files as Upload. Raises ApiError when the body is not multipart."""
    match = _BOUNDARY.search(content_type)
    if match is None:
        raise bad_request("boundary not found")
    fields: dict[str, Any] = {}
    delimiter = b"\r\n--" + match[1].encode()
    for part in (b"\r\n" + body).split(delimiter)[1:]:
        if part.startswith(b"--"):
            return fields
        head, separator, content = part.partition(b"\r\n\r\n")
        headers = head.decode("utf-8", "replace")
        name = _NAME.search(headers)
        if not separator or name is None:
            raise bad_request("wrong multipart body")
        fields[name[1]] = _field(headers, content)
    raise bad_request("the multipart body is cut off")


def _field(headers: str, content: bytes) -> Any:
    filename = _FILENAME.search(headers)
    if filename is None:
        return content.decode("utf-8", "replace")
    upload = Upload(content)
    upload.name = filename[1]
    kind = _TYPE.search(headers)
    upload.mime_type = kind[1].strip() if kind else "application/octet-stream"
    return upload
