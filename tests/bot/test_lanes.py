"""Lanes: never over the limits, replies first, nothing lost. The clock is the test's own; nobody waits."""

import asyncio
from collections import defaultdict
from collections.abc import Sequence
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from telegram.error import RetryAfter

from bot.lanes import Lanes, Limits
from care.reminders import Lane


class Server:
    """Notes when which message arrived, and refuses what a test asks it to refuse."""

    def __init__(self, limits: Limits | None = None) -> None:
        self.lanes = Lanes(limits)
        self.arrived: list[tuple[float, int, Lane, int]] = []  # seconds since the start, chat, lane, number
        self.refusals: dict[int, list[float]] = defaultdict(list)  # chat → seconds to wait, one per refusal
        self.refused: list[tuple[float, int]] = []
        self.began: float | None = None

    @property
    def clock(self) -> float:
        loop = asyncio.get_running_loop()
        if self.began is None:
            self.began = loop.time()
        return loop.time() - self.began

    async def take(self, chat: int, lane: Lane, number: int) -> bool:
        if self.refusals[chat]:
            self.refused.append((self.clock, chat))
            raise RetryAfter(timedelta(seconds=self.refusals[chat].pop(0)))
        self.arrived.append((self.clock, chat, lane, number))
        return True

    async def send(self, chat: int, lane: Lane = Lane.REPLY, number: int = 0, *, after: float = 0.0):
        _ = self.clock
        if after:
            await asyncio.sleep(after)
        return await self.lanes.process_request(
            self.take, (chat, lane, number), {}, "sendMessage", {"chat_id": chat}, lane
        )

    def times(self, *, lane: Lane | None = None, chat: int | None = None) -> list[float]:
        return [at for at, to, by, _ in self.arrived if lane in {None, by} and chat in {None, to}]


def most_in(times: Sequence[float], seconds: float) -> int:
    """The most of `times` in any window of that length."""
    ordered = sorted(times)
    return max(
        (sum(1 for other in ordered[first:] if other < at + seconds) for first, at in enumerate(ordered)),
        default=0,
    )


def test_the_first_thirty_go_at_once_and_the_next_a_second_later(run):
    async def story() -> Server:
        server = Server()
        await asyncio.gather(*(server.send(chat) for chat in range(1, 32)))
        return server

    server = run(story())

    assert server.times()[:30] == [0.0] * 30
    assert 1.0 <= server.times()[30] < 1.05


def test_a_message_with_room_goes_out_without_a_task_switch(run):
    async def story() -> None:
        server = Server()
        sending = server.send(5)
        with pytest.raises(StopIteration):
            sending.send(None)  # runs to its end without giving the loop a turn

    run(story())


def test_one_chat_gets_three_at_once_and_then_one_a_second(run):
    async def story() -> Server:
        server = Server()
        await asyncio.gather(*(server.send(5, number=number) for number in range(6)))
        return server

    server = run(story())

    assert server.times() == pytest.approx([0, 0, 0, 1, 2, 3], abs=0.1)
    assert [number for *_, number in server.arrived] == list(range(6))


def test_a_group_gets_at_most_twenty_a_minute(run):
    async def story() -> Server:
        server = Server()
        await asyncio.gather(*(server.send(-100) for _ in range(50)))
        return server

    assert most_in(run(story()).times(), 60.0) == 20


@pytest.mark.parametrize("method", ["answerCallbackQuery", "getMe", "setMyCommands", "getChat"])
def test_what_reaches_no_chat_is_not_limited(run, method):
    async def story() -> int:
        server = Server()
        for _ in range(100):
            await server.lanes.process_request(
                server.take, (5, Lane.REPLY, 0), {}, method, {"chat_id": 5}, None
            )
        return len(server.times())

    assert run(story()) == 100


def test_chat_actions_and_edits_count(run):
    async def story() -> Server:
        server = Server()
        calls = ["sendChatAction", "editMessageText"] * 30
        await asyncio.gather(
            *(
                server.lanes.process_request(
                    server.take, (chat, Lane.REPLY, 0), {}, method, {"chat_id": chat}, None
                )
                for chat, method in enumerate(calls, 1)
            )
        )
        return server

    assert most_in(run(story()).times(), 1.0) == 30


async def replies_during_a_broadcast(chats: int, replies: int) -> tuple[Server, list[float]]:
    """Return how long each reply waited, in seconds, while many chats get a broadcast."""
    server = Server()
    waits = []
    broadcast = [asyncio.create_task(server.send(chat, Lane.BROADCAST)) for chat in range(1, chats + 1)]
    for number in range(replies):
        await asyncio.sleep(0.37)
        began = server.clock
        await server.send(20_000 + number)
        waits.append(server.clock - began)
    for task in broadcast:
        task.cancel()
    await asyncio.gather(*broadcast, return_exceptions=True)
    return server, waits


def nobody_waits(waits: Sequence[float]) -> bool:
    return max(waits) < 0.1


def test_a_reply_leaves_at_once_during_a_broadcast_to_ten_thousand(run):
    server, waits = run(replies_during_a_broadcast(10_000, 100))

    assert nobody_waits(waits)
    assert most_in(server.times(lane=Lane.BROADCAST), 1.0) <= 25
    assert len(server.times(lane=Lane.BROADCAST)) > 0.95 * 25 * 37


def test_with_one_lane_for_all_a_reply_waits_behind_the_broadcast(run, monkeypatch):
    one_by_one = Lanes.process_request

    async def without_lanes(self, *arguments):
        return await one_by_one(self, *arguments[:-1], Lane.BROADCAST)

    monkeypatch.setattr(Lanes, "process_request", without_lanes)
    _, waits = run(replies_during_a_broadcast(300, 2))

    assert not nobody_waits(waits)


def test_reminders_use_all_of_the_rate_that_nobody_else_needs(run):
    async def story() -> Server:
        server = Server()
        await asyncio.gather(*(server.send(chat, Lane.NOTICE) for chat in range(1, 601)))
        return server

    times = run(story()).times()

    assert most_in(times, 1.0) <= 30
    assert times[-1] <= 600 / (0.95 * 30)


def test_who_waits_for_a_reply_goes_before_reminders_and_these_before_a_broadcast(run):
    async def story() -> Server:
        server = Server(Limits(per_second=1, broadcast_per_second=1))
        await server.send(1)
        waiting = [
            asyncio.create_task(server.send(chat, lane))
            for chat, lane in ((2, Lane.BROADCAST), (3, Lane.NOTICE), (4, Lane.REPLY))
        ]
        await asyncio.gather(*waiting)
        return server

    assert [chat for _, chat, _, _ in run(story()).arrived] == [1, 4, 3, 2]


def test_a_busy_chat_does_not_hold_up_another_one_in_its_lane(run):
    async def story() -> Server:
        server = Server()
        crowd = [asyncio.create_task(server.send(5)) for _ in range(20)]
        await asyncio.sleep(0.5)
        await server.send(6)
        await asyncio.gather(*crowd)
        return server

    assert run(story()).times(chat=6) == [0.5]


async def one_chat_is_refused() -> Server:
    """Telegram asks chat 5 to wait for seven seconds."""
    server = Server()
    server.refusals[5] = [7.0]
    await asyncio.gather(
        server.send(5, number=1),
        server.send(5, number=2, after=1.0),
        server.send(6, after=2.0),
        *(server.send(chat, after=3.0) for chat in range(7, 20)),
    )
    return server


async def two_chats_are_refused() -> Server:
    """Telegram asks chat 5 at once, and chat 6 at 0.8 s, to wait: the longer pause ends at 9.8 s."""
    server = Server()
    server.refusals[5], server.refusals[6] = [4.0], [9.0]
    await asyncio.gather(
        server.send(5), server.send(6, after=0.8), server.send(7, after=0.9), server.send(8, after=5.0)
    )
    return server


def early(server: Server, until: float, *, chat: int | None = None) -> list[float]:
    """Return when something arrived before a pause was over."""
    return [at for at in server.times(chat=chat) if at < until - 1e-6]


def test_a_refused_chat_hears_nothing_until_the_pause_is_over_and_others_do(run):
    server = run(one_chat_is_refused())

    assert [number for _, chat, _, number in server.arrived if chat == 5] == [1, 2]
    assert min(server.times(chat=5)) == pytest.approx(7.0, abs=0.001)
    assert not early(server, 7.0, chat=5)
    assert server.times(chat=6) == [2.0]


def test_without_the_pause_a_refused_chat_hears_something_too_early(run, monkeypatch):
    monkeypatch.setattr(Lanes, "_pause", lambda *_: None)

    assert early(run(one_chat_is_refused()), 7.0, chat=5)


def test_a_second_chat_refused_within_a_second_pauses_everybody(run):
    server = run(two_chats_are_refused())

    assert not early(server, 9.8)
    assert len(server.arrived) == 4


def test_with_pauses_for_each_chat_alone_others_hear_something_too_early(run, monkeypatch):
    nobody = property(lambda _: None, lambda *_: None)  # forgets who was refused last
    monkeypatch.setattr(Lanes, "_told", nobody, raising=False)

    assert early(run(two_chats_are_refused()), 9.8)


def test_two_refusals_far_apart_pause_only_their_chats(run):
    async def story() -> Server:
        server = Server()
        server.refusals[5], server.refusals[6] = [4.0], [9.0]
        await asyncio.gather(server.send(5), server.send(6, after=1.5), server.send(7, after=2.0))
        return server

    assert run(story()).times(chat=7) == [2.0]


def test_a_pause_longer_than_patience_is_told_to_the_caller_and_nobody_asks_again(run):
    async def story() -> Server:
        server = Server()
        server.refusals[5] = [600.0]
        waiting = [asyncio.create_task(server.send(5, number=number)) for number in range(5)]
        results = await asyncio.gather(*waiting, return_exceptions=True)
        assert all(isinstance(result, RetryAfter) for result in results[:1])
        with pytest.raises(RetryAfter):
            await server.send(5)
        return server

    server = run(story())

    assert len(server.refused) == 1
    assert max(server.times(), default=0.0) == 0.0  # the two that were already on their way


def test_who_gives_up_waiting_takes_no_room(run):
    async def story() -> Server:
        server = Server(Limits(per_second=1))
        await server.send(1)
        leaving = asyncio.create_task(server.send(2))
        staying = asyncio.create_task(server.send(3))
        await asyncio.sleep(0.1)
        leaving.cancel()
        await staying
        return server

    server = run(story())

    assert [chat for _, chat, _, _ in server.arrived] == [1, 3]
    assert server.times()[1] < 1.1
    assert server.lanes.waiting == 0


NO_LIMIT = 100_000


def over_the_limits(server: Server) -> set[str]:
    """Return which of Telegram's limits, and ours for a broadcast, some second went over."""
    found = set()
    if most_in(server.times() + [at for at, _ in server.refused], 1.0) > 30:
        found.add("all")
    if most_in(server.times(lane=Lane.BROADCAST), 1.0) > 25:
        found.add("broadcast")
    if any(most_in(server.times(chat=chat), 1.0) > 3 for chat in {chat for _, chat, *_ in server.arrived}):
        found.add("chat")
    return found


@st.composite
def traffic(draw: st.DrawFn) -> list[tuple[float, int, Lane]]:
    one = st.tuples(
        st.floats(0, 6, allow_nan=False).map(lambda at: round(at, 3)),
        st.integers(1, 40),
        st.sampled_from(list(Lane)),
    )
    return draw(st.lists(one, min_size=1, max_size=200))


@settings(max_examples=60, deadline=None)
@given(
    messages=traffic(), refusals=st.dictionaries(st.integers(1, 40), st.lists(st.integers(1, 9), max_size=2))
)
def test_no_second_holds_too_much_and_nothing_is_lost(run, messages, refusals):
    async def story() -> Server:
        server = Server()
        for chat, waits in refusals.items():
            server.refusals[chat] = [float(wait) for wait in waits]
        await asyncio.gather(
            *(server.send(chat, lane, number, after=at) for number, (at, chat, lane) in enumerate(messages))
        )
        return server

    server = run(story())

    assert sorted(number for *_, number in server.arrived) == list(range(len(messages)))
    assert over_the_limits(server) == set()
    assert server.lanes.waiting == 0


@pytest.mark.parametrize(
    ("limits", "found"),
    [
        (Limits(per_second=NO_LIMIT), {"all"}),
        (Limits(broadcast_per_second=NO_LIMIT), {"broadcast"}),
        (Limits(chat_burst=NO_LIMIT), {"chat"}),
    ],
    ids=["all", "broadcast", "chat"],
)
def test_without_a_limit_a_second_holds_too_much(run, limits, found):
    async def story() -> Server:
        server = Server(limits)
        many = [server.send(chat, Lane.BROADCAST) for chat in range(100, 160)]
        many += [server.send(chat) for chat in range(200, 260)]
        await asyncio.gather(*many, *(server.send(5) for _ in range(9)))
        return server

    assert over_the_limits(run(story())) == found


@settings(max_examples=40, deadline=None)
@given(messages=traffic())
def test_a_lower_lane_never_goes_while_a_higher_one_could(run, messages):
    """With one message a second and a chat each, only the lanes decide."""

    async def story() -> Server:
        server = Server(Limits(per_second=1, broadcast_per_second=1))
        await asyncio.gather(
            *(
                server.send(1_000 + number, lane, number, after=at)
                for number, (at, _, lane) in enumerate(messages)
            )
        )
        return server

    server = run(story())
    came = {number: at for at, _, _, number in server.arrived}
    for number, (asked, _, lane) in enumerate(messages):
        for other, (_, _, other_lane) in enumerate(messages):
            if other_lane > lane:
                assert not asked + 1e-6 < came[other] < came[number]
