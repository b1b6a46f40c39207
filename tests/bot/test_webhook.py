"""What the webhook refuses, what it says while the store is down, and what health tells."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest
from sqlalchemy.exc import OperationalError

from bot.web.server import serving
from bot.web.webhook import MOST_BYTES, SECRET_HEADER, web_application

PATH = "/telegram"
SECRET = "A-secret_of_the_tests"
RIGHT = {SECRET_HEADER: SECRET}


@dataclass
class Inbox:
    """Takes updates, or fails as a test wants."""

    kept: list[dict[str, Any]] = field(default_factory=list)
    fault: Exception | None = None
    state: dict[str, Any] = field(default_factory=lambda: {"ok": True, "open": 0})

    async def receive(self, batch: list[dict[str, Any]]) -> None:
        if self.fault is not None:
            raise self.fault
        self.kept += batch

    async def health(self) -> dict[str, Any]:
        return self.state


@pytest.fixture
def inbox() -> Inbox:
    return Inbox()


@pytest.fixture
async def client(inbox: Inbox) -> AsyncIterator[httpx.AsyncClient]:
    application = web_application(path=PATH, secret=SECRET, receive=inbox.receive, health=inbox.health)
    transport = httpx.ASGITransport(app=application)
    async with httpx.AsyncClient(transport=transport, base_url="http://bot.test") as made:
        yield made


async def test_an_update_with_the_secret_is_kept_before_it_is_answered(client, inbox):
    answer = await client.post(PATH, headers=RIGHT, json={"update_id": 1})

    assert (answer.status_code, answer.content) == (200, b"")
    assert inbox.kept == [{"update_id": 1}]


@pytest.mark.parametrize(
    "headers", [{}, {SECRET_HEADER: ""}, {SECRET_HEADER: SECRET[:-1]}, {SECRET_HEADER: SECRET.lower()}]
)
async def test_without_the_right_secret_nothing_is_taken(client, inbox, headers):
    answer = await client.post(PATH, headers=headers, json={"update_id": 1})

    assert answer.status_code == 401
    assert inbox.kept == []


async def test_a_secret_of_odd_letters_is_refused_and_breaks_nothing(client):
    answer = await client.post(PATH, headers={SECRET_HEADER.encode(): "ж".encode()}, content=b"{}")

    assert answer.status_code == 401


async def test_a_body_that_says_it_is_too_large_is_refused_unread(client, inbox):
    answer = await client.post(PATH, headers=RIGHT, content=b" " * (MOST_BYTES + 1))

    assert answer.status_code == 413
    assert inbox.kept == []


async def test_a_body_that_hides_its_size_is_refused_when_it_grows_too_large(client, inbox):
    async def endless() -> AsyncIterator[bytes]:
        for _ in range(20):
            yield b" " * 100_000

    answer = await client.post(PATH, headers=RIGHT, content=endless())

    assert answer.status_code == 413
    assert inbox.kept == []


@pytest.mark.parametrize("length", ["-1", "many", "1e3"])
async def test_a_length_that_is_no_number_is_refused(client, length):
    answer = await client.post(PATH, headers=RIGHT | {"content-length": length}, content=b"{}")

    assert answer.status_code == 413


@pytest.mark.parametrize("body", [b"", b"{", b"hello", b"\xff\xfe", b'{"update_id": 1'])
async def test_what_is_not_json_is_refused(client, inbox, body):
    answer = await client.post(PATH, headers=RIGHT, content=body)

    assert answer.status_code == 400
    assert inbox.kept == []


@pytest.mark.parametrize("body", [b"[]", b"5", b'"hello"', b"null"])
async def test_json_that_is_no_update_is_taken_off_the_wire_and_dropped(client, inbox, body):
    answer = await client.post(PATH, headers=RIGHT, content=body)

    assert answer.status_code == 200
    assert inbox.kept == []


async def test_json_nested_too_deep_breaks_nothing(client, inbox):
    answer = await client.post(PATH, headers=RIGHT, content=b"[" * 100_000)

    assert answer.status_code == 400
    assert inbox.kept == []


@pytest.mark.parametrize(
    "fault",
    [OperationalError("insert", None, Exception("locked")), OSError("no route"), TimeoutError()],
    ids=["refused", "unreachable", "late"],
)
async def test_while_the_store_is_down_telegram_is_asked_to_come_again(client, inbox, fault):
    inbox.fault = fault
    assert (await client.post(PATH, headers=RIGHT, json={"update_id": 1})).status_code == 503

    inbox.fault = None
    assert (await client.post(PATH, headers=RIGHT, json={"update_id": 1})).status_code == 200


async def test_a_repeated_update_is_answered_alike(client):
    answers = [await client.post(PATH, headers=RIGHT, json={"update_id": 1}) for _ in range(3)]

    assert [answer.status_code for answer in answers] == [200, 200, 200]


async def test_health_tells_the_state(client, inbox):
    assert (await client.get("/health")).json() == {"ok": True, "open": 0}

    inbox.state = {"ok": False}
    assert (await client.get("/health")).status_code == 503


@pytest.mark.parametrize(
    ("method", "path"), [("GET", PATH), ("POST", "/health"), ("POST", "/"), ("GET", "/")]
)
async def test_there_is_nothing_else(client, method, path):
    assert (await client.request(method, path, headers=RIGHT)).status_code in {404, 405}


async def test_without_a_secret_there_is_no_webhook(inbox):
    application = web_application(path=PATH, secret=None, receive=inbox.receive, health=inbox.health)
    transport = httpx.ASGITransport(app=application)
    async with httpx.AsyncClient(transport=transport, base_url="http://bot.test") as client:
        answer = await client.post(PATH, headers={SECRET_HEADER: ""}, json={"update_id": 1})

    assert answer.status_code == 404
    assert inbox.kept == []


async def test_the_server_listens_and_stops_with_the_program(inbox):
    application = web_application(path=PATH, secret=SECRET, receive=inbox.receive, health=inbox.health)
    async with serving(application, host="127.0.0.1", port=0) as port, httpx.AsyncClient() as client:
        answer = await client.post(f"http://127.0.0.1:{port}{PATH}", headers=RIGHT, json={"update_id": 1})
        assert answer.status_code == 200
        assert "server" not in answer.headers

    async with httpx.AsyncClient() as client:
        with pytest.raises(httpx.ConnectError):
            await client.get(f"http://127.0.0.1:{port}/health")


async def test_an_address_in_use_is_said_at_once(inbox):
    application = web_application(path=PATH, secret=SECRET, receive=None, health=inbox.health)
    async with serving(application, host="127.0.0.1", port=0) as port:
        with pytest.raises(OSError, match="in use"):
            async with serving(application, host="127.0.0.1", port=port):
                pass
