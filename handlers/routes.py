"""Find the conversation for an update: by button, command, text or kind of message; check who may."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace

from care.outcomes import Kind
from care.roles import Role
from handlers.buttons import Press, Verb
from handlers.roles import menu
from handlers.screens import Reply
from handlers.turn import Conversation, Turn

Attempt = Callable[[Turn], Awaitable[Reply | None]]
TEXT, CONTACT = "text", "contact"  # as `Turn.sent`


@dataclass(frozen=True, slots=True)
class Route:
    """One conversation and who may have it."""

    conversation: Conversation
    roles: frozenset[Role] = frozenset()  # empty: everybody
    consent: bool = True  # whether it needs a person who agreed to be remembered


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Routes:
    """All conversations. `handlers/table.py` fills it."""

    buttons: Mapping[Verb, Route]
    commands: Mapping[str, Verb]  # a command is a wish, too: the button of the same meaning
    texts: tuple[Attempt, ...]  # in order; the first that has an answer wins
    captions: tuple[Attempt, ...]  # the same for what stands under a photo
    files: tuple[Attempt, ...] = ()  # the same for a photo or a voice message with nothing under it
    ask_consent: Conversation  # shown where a route needs consent; the wish waits in `turn.press`
    ask_language: Conversation  # shown where nothing was chosen yet
    unknown_command: Conversation
    stale: Conversation  # a button that leads nowhere any more: the present screen instead
    shared_location: Conversation
    locations: tuple[Attempt, ...] = ()  # before that, in order: who was asked for a place, and for what
    contacts: tuple[Attempt, ...] = ()  # before the next, where a number was asked for
    shared_contact: Attempt  # None where no number was asked for
    other: Conversation  # stickers, voice, photos, contacts: what a person sends besides text
    on_behalf: Callable[[Turn, Conversation], Awaitable[Reply | None]] | None = None  # None: their own wish
    given_up: Callable[[Turn], Awaitable[None]] | None = None  # waits for no words that were asked for before
    languageless: frozenset[Verb] = field(default_factory=frozenset)  # wishes that need no chosen language

    async def answer(self, turn: Turn) -> Reply:
        """Answer one update of a private chat."""
        if turn.command is not None:
            return await self._command(turn, turn.command)
        if turn.press is not None:
            return await self.wish(turn)
        if turn.location is not None:
            return await self._location(turn)
        if turn.words and turn.sent == TEXT:
            return await self._text(turn)
        return await self._other(turn)

    async def wish(self, turn: Turn) -> Reply:
        """Answer what a button wishes for, when the sender may."""
        press = turn.press
        route = self.buttons.get(press.verb) if press else None
        if press is None or route is None or not allowed(turn, route):
            return _with_menu(await self.stale(turn), turn, route)  # the same for 'not yours', 'not there'
        if not turn.chosen and press.verb not in self.languageless:
            return await self.ask_language(turn)
        if route.consent and turn.person is None:
            return await self.ask_consent(turn)
        if self.given_up is not None:
            await self.given_up(turn)
        for_somebody = await self.on_behalf(turn, route.conversation) if self.on_behalf else None
        return for_somebody or await route.conversation(turn)

    async def _command(self, turn: Turn, command: str) -> Reply:
        verb = self.commands.get(command)
        route = self.buttons.get(verb) if verb else None
        if verb is None or route is None or not allowed(turn, route):
            reply = await self.unknown_command(turn) if turn.chosen else await self.ask_language(turn)
            return _with_menu(reply, turn, route)
        return await self.wish(turn.pressing(Press(verb)))

    async def _other(self, turn: Turn) -> Reply:
        """Answer what is no text: by what stands under it, or by what it is."""
        for attempt in self.captions if turn.words else self.files:
            reply = await attempt(turn)
            if reply is not None:
                return reply
        if not turn.chosen:
            return await self.ask_language(turn)
        for attempt in (*self.contacts, self.shared_contact) if turn.sent == CONTACT else ():
            reply = await attempt(turn)
            if reply is not None:
                return reply
        return await self.other(turn)

    async def _location(self, turn: Turn) -> Reply:
        if not turn.chosen:
            return await self.ask_language(turn)
        for attempt in self.locations:
            reply = await attempt(turn)
            if reply is not None:
                return reply
        return await self.shared_location(turn)

    async def _text(self, turn: Turn) -> Reply:
        for attempt in self.texts:
            reply = await attempt(turn)
            if reply is not None:
                return reply
        await turn.record(Kind.NOT_UNDERSTOOD, detail="text")
        return await self.stale(turn)


def _with_menu(reply: Reply, turn: Turn, route: Route | None) -> Reply:
    """Let the menu follow the roles held now: whoever wishes in vain for the work of one may have held it."""
    if route is None or not route.roles or turn.person is None:
        return reply
    return replace(reply, menu=menu(turn.t, turn.person))


def allowed(turn: Turn, route: Route) -> bool:
    """Return whether the sender holds a role that the route asks for, now.

    An admin of the settings whom nothing is known of yet does, so that they are asked for consent first.
    """
    if not route.roles:
        return True
    if turn.person is None:
        return turn.admin and route.consent and Role.ADMIN in route.roles
    return turn.person.holds(*route.roles) is not None
