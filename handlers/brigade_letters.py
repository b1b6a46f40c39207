"""Write the messages that are passed on, one for each place of a brigade, in the language of who reads it."""

from dataclasses import dataclass

from care.booking import to_local
from care.brigade import Brigade
from care.invites import deep_link
from handlers.buttons import Verb
from handlers.clinic_card import address
from handlers.screens import Rows, Step, Way, frozen, key, pairs
from handlers.turn import Turn
from locales.catalogue import Html, Locale, Words
from storage import brigades, directory
from storage.vault import Vault

ABREAST = 3  # languages in a row


@dataclass(frozen=True, slots=True, kw_only=True)
class Letters:
    """Writes the letters of a brigade; below each, buttons turn it to another language."""

    words: Words
    vault: Vault
    username: str  # of the bot, without the @

    async def of(self, turn: Turn, brigade: Brigade, t: Locale, *, way: Way) -> list[Step]:
        """Return the letters in the language `t`, soonest place first.

        They name no illness, and no kind of clinic. What a worker learns of a yes is said behind the link.
        """
        clinic = await directory.clinic(turn.store, brigade.clinic_id, also_retired=True)
        zone = clinic.timezone if clinic else "UTC"
        ask = t("Open this link and say yes or no. Your group is not told what you say.")
        if brigade.staff_id is not None:
            ask = t("Open this link and say yes or no.")
        until = t("⏳ Until {moment}", moment=t.moment(to_local(brigade.confirm_until, zone)))
        steps = []
        for which, one in enumerate(await brigades.letters(turn.store, self.vault, brigade.id)):
            link = deep_link(self.username, one.code)
            lines = [
                t("👷 A place at the doctor is kept for you."),
                t("📅 {moment}", moment=t.moment(one.local)),
                t("📍 {address}", address=Html(address(t, clinic))) if clinic else "",
                ask,
                Html(link),
                until if clinic else "",
            ]
            text = Html("\n".join(line for line in lines if line))
            picture = way is Way.QR
            rows = () if picture else self._languages(brigade, t, which)
            steps.append(Step(way=way, text=text, rows=rows, content=link if picture else ""))
        return steps

    def _languages(self, brigade: Brigade, t: Locale, which: int) -> Rows:
        """Return the buttons that turn letter number `which` (from 0) to another language than `t`."""
        others = [(code, name) for code, name in self.words.choices if code != t.code]
        keys = [key(name, Verb.BRIGADE_LINKS, brigade.id, code, which) for code, name in others]
        return frozen(pairs(keys, ABREAST))
