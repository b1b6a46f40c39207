"""Lead through the symptom check: one question per message, buttons only, answers kept nowhere.

The answers travel in the buttons until the end; the rule is `care.symptoms`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from care import reminders, symptoms
from care.outcomes import Kind
from care.referral import State
from care.symptoms import Advice, Answers, Form, Line, Question
from handlers import emergency
from handlers.buttons import Verb
from handlers.screens import Key, Reply, key, pairs, screen
from handlers.turn import Turn
from locales.catalogue import N_, Html, Locale
from storage import due, referrals

_WHOM = {
    Form.SELF: N_("👤 For me"),
    Form.CHILD: N_("🧒 For a child under 15"),
    Form.OTHER_ADULT: N_("👥 For another adult"),
}
_ADULT: Mapping[str, str] = {
    "red": N_(
        "Is any of this true <b>right now</b>?\n"
        "• coughing up blood, more than a few streaks\n"
        "• cannot breathe or speak a full sentence\n"
        "• strong pain in the chest\n"
        "• fainting, confusion, fits, blue lips\n"
        "• bad headache with fever and stiff neck"
    ),
    "cough": N_("Is there a cough now, of any kind?"),
    "cough2w": N_("How long has the cough lasted?"),
    "fever": N_("Fever or chills in the last weeks, without a clear cause?"),
    "sweats": N_("Sweating at night so that clothes or sheets get wet?"),
    "weight": N_("Weight lost without trying, or clothes looser?"),
    "blood": N_("Blood in what was coughed up in the last month, even a little?"),
    "contact": N_(
        "In the last 2 years: lived, slept in one room, or worked or driven for long together with someone "
        "who had TB?"
    ),
    "before": N_("TB before, or TB pills taken before?"),
    "health": N_(
        "Is any of this true? You can choose several.\n<i>You may skip. The answer is not kept.</i>"
    ),
    "child5": N_("Does a child under 5 live in the same home?\n<i>You may skip.</i>"),
}
_CHILD: Mapping[str, str] = {
    "red": N_(
        "Is any of this true for the child <b>right now</b>?\n"
        "• cannot drink or feed\n"
        "• very sleepy, fits, stiff neck\n"
        "• fast or hard breathing, blue lips\n"
        "• blood when coughing"
    ),
    "cough": N_("Does the child cough now? For how long?"),
    "fever": N_("Does the child have a fever?"),
    "weight": N_("Does the child lose weight, not gain weight, or eat badly?"),
    "tired": N_("Is the child tired, does it play less?"),
    "contact": N_(
        "Does or did the child live with someone who had TB, or does someone at home cough for long?"
    ),
    "age": N_("How old is the child?"),
}
_CHOICES: Mapping[str, str] = {
    symptoms.YES: N_("Yes"),
    symptoms.NO: N_("No"),
    symptoms.UNSURE: N_("Not sure"),
    symptoms.SKIP: N_("Skip"),
    symptoms.UNDER_2_WEEKS: N_("Under 2 weeks"),
    symptoms.FROM_2_WEEKS: N_("2 weeks or more"),
    symptoms.STREAKS: N_("A few streaks"),
    symptoms.MORE: N_("More"),
    symptoms.FINISHED: N_("Yes, treatment finished"),
    symptoms.UNFINISHED: N_("Yes, not finished"),
    symptoms.HIV: N_("HIV"),
    symptoms.DIABETES: N_("Diabetes"),
    symptoms.PREGNANT: N_("Pregnant"),
    symptoms.WEAKENED: N_("Other illness or medicine that weakens the body"),
    symptoms.NONE_OF_THESE: N_("None of these"),
    symptoms.UNDER_5: N_("Under 5 years"),
    symptoms.FROM_5_TO_14: N_("5–14 years"),
}
_ADVICE: Mapping[Advice, str] = {
    Advice.URGENT: N_(
        "🟠 <b>Be examined today or tomorrow.</b>\n"
        "If it gets worse, call 103.\n"
        "I can find the earliest free time for you."
    ),
    Advice.SOON: N_(
        "🟡 <b>Be examined in the next days</b>, if you can within 3 working days.\n"
        "These signs have many causes; TB is one that must be checked."
    ),
    Advice.CONTACT: N_(
        "🔵 <b>No signs now, and a check after contact is still needed</b>, if you can within 7 days.\n"
        "Ask the doctor about preventive treatment. A child under 5 or a person with HIV at home: "
        "bring them first."
    ),
    Advice.WATCH: N_(
        "🟢 <b>A short cough is most often a cold.</b>\n"
        "If it lasts 2 weeks in all, or if fever, night sweats, weight loss or blood comes: book at once."
    ),
    Advice.ROUTINE: N_(
        "🟢 <b>No signs now.</b>\nBecause of health or an earlier illness, a check once a year is wise."
    ),
    Advice.NONE: N_(
        "🟢 <b>No signs from our list now.</b>\n"
        "This does not rule out TB. Come again if a sign appears, or after contact with someone who has TB."
    ),
}
_LINES: Mapping[Line, str] = {
    Line.NOT_A_DIAGNOSIS: N_("This is not a diagnosis."),
    Line.EXAMINED_ANYWAY: N_("You can be examined anyway."),
    Line.COVER_THE_COUGH: N_("Cover the cough, open the window, wear a mask in closed rooms while coughing."),
    Line.NOT_FINISHED: N_(
        "Treatment that was not finished: come back now, you will be treated again. "
        "Do not take old pills by yourself."
    ),
    Line.CHILD_AT_HOME: N_("Tell the doctor that a child under 5 lives with you."),
    Line.PREGNANT: N_("Say that you are pregnant before the X-ray. It is safe with care."),
}
_STEPS_AFTER: Mapping[Advice, tuple[str, ...]] = {  # topics that fit the advice, beside booking
    Advice.SOON: ("how-tested", "test-cost", "documents-needed"),
    Advice.URGENT: ("how-tested",),
    Advice.CONTACT: ("contact-with-patient", "preventive-treatment"),
    Advice.NONE: ("prevention", "how-tb-spreads"),
}


@dataclass(frozen=True, kw_only=True)
class Check:
    """What /check and its buttons do."""

    zone: ZoneInfo  # where no other is known

    async def begin(self, turn: Turn) -> Reply:
        """Say what this is, and ask for whom."""
        await turn.record(Kind.CHECK_BEGUN)
        t = turn.t
        text = t(
            "🩺 <b>A few questions about signs of illness</b>\n\n"
            "It takes 2 minutes and ends in advice. It is not a diagnosis. "
            "I do not keep the answers, only the advice.\n\nFor whom?"
        )
        rows = [[key(t.label(label), Verb.CHECK_ANSWER, form.value)] for form, label in _WHOM.items()]
        return screen(text, [*rows, [key(t.label("✖️ Stop"), Verb.HOME)]])

    async def answer(self, turn: Turn) -> Reply:
        """Take an answer out of the button, and ask the next question or give the advice."""
        answers = _answers(turn.press.word(0) if turn.press else None)
        if answers is None:
            return await self.begin(turn)
        question = symptoms.next_question(answers)
        if question is None:
            return await self._advise(turn, answers)
        return self._question(turn.t, answers, question)

    def _question(self, t: Locale, answers: Answers, question: Question) -> Reply:
        texts = _CHILD if answers.form is Form.CHILD else _ADULT
        choices = (
            self._ticks(t, answers, question)
            if question.several
            else self._choices(t, answers, question.choices)
        )
        if answers.given:
            back = key(t.label("⬅️ Back"), Verb.CHECK_ANSWER, symptoms.encode(symptoms.back(answers)))
        else:
            back = key(t.label("⬅️ Back"), Verb.CHECK)
        count = len(answers.given) + 1
        text = Html(f"<i>{count}</i>. {t(texts[question.id])}")
        return screen(text, [*choices, [back, key(t.label("✖️ Stop"), Verb.HOME)]])

    def _choices(self, t: Locale, answers: Answers, choices: tuple[str, ...]) -> list[list[Key]]:
        keys = []
        for choice in choices:
            following = symptoms.answer(answers, choice)
            if following is not None:
                keys.append(key(t.label(_CHOICES[choice]), Verb.CHECK_ANSWER, symptoms.encode(following)))
        return pairs(keys) if choices in ((symptoms.YES, symptoms.NO),) else [[one] for one in keys]

    def _ticks(self, t: Locale, answers: Answers, question: Question) -> list[list[Key]]:
        rows = []
        for choice in question.choices:
            ticked = symptoms.toggle(answers, choice)
            if ticked is not None:
                mark = "☑️" if choice in answers.picked else "◻️"
                label = f"{mark} {t.label(_CHOICES[choice])}"
                rows.append([key(label, Verb.CHECK_ANSWER, symptoms.encode(ticked))])
        confirmed = symptoms.confirm(answers)
        if confirmed is not None:
            label = t.label("➡️ Next") if answers.picked else t.label(_CHOICES[symptoms.NONE_OF_THESE])
            rows.append([key(label, Verb.CHECK_ANSWER, symptoms.encode(confirmed))])
        skipped = symptoms.answer(answers, symptoms.SKIP)
        if skipped is not None:
            rows.append([key(t.label(_CHOICES[symptoms.SKIP]), Verb.CHECK_ANSWER, symptoms.encode(skipped))])
        return rows

    async def _advise(self, turn: Turn, answers: Answers) -> Reply:
        advice = symptoms.advise(answers)
        await self._keep(turn, answers, advice)
        t = turn.t
        if advice is Advice.RED:
            return emergency.screen_of(t)
        added = [t(_LINES[line]) for line in symptoms.lines(answers)]
        text = Html("\n\n".join([t(_ADVICE[advice]), *added]))
        if advice is Advice.WATCH and turn.person is not None and answers.form is Form.SELF:
            text = Html("\n\n".join([text, t("I will ask you again in 7 days.")]))
        return screen(text, self._after(t, advice))

    def _after(self, t: Locale, advice: Advice) -> list[list[Key]]:
        urgent = advice in (Advice.URGENT, Advice.SOON, Advice.CONTACT)
        book = t.label("📅 Book an examination") if urgent else t.label("📅 Book anyway")
        topics = [
            key(answer.title, Verb.TOPIC, topic)
            for topic in _STEPS_AFTER.get(advice, ())
            if (answer := t.answer(topic)) is not None
        ]
        return [
            [key(book, Verb.BOOK)],
            *([one] for one in topics),
            [key(t.label("🤝 Talk to a person"), Verb.TALK)],
            [key(t.label("🩺 Once more"), Verb.CHECK), key(t.label("🏠 Home"), Verb.HOME)],
        ]

    async def _keep(self, turn: Turn, answers: Answers, advice: Advice) -> None:
        """Keep date and advice, nothing of the answers; a check about somebody else changes no referral."""
        await turn.record(Kind.CHECKED, detail=advice.name.lower())
        if turn.person is None or answers.form is not Form.SELF:
            return
        referral = await referrals.of(turn.store, turn.person.id)
        if referral is not None:  # who is further on stays there, and the advice is kept
            await referrals.move(
                turn.store,
                referral,
                State.SCREENED,
                by=turn.actor,
                now=turn.now,
                advice=advice.name.lower(),
                checked_at=turn.now,
            )
        await due.cancel(turn.store, key=reminders.recheck_key(turn.person.id), now=turn.now)
        if advice is Advice.WATCH:
            day = symptoms.ask_again_on(turn.now.astimezone(self.zone).date())
            planned = reminders.recheck(turn.person.id, day, zone=self.zone.key)
            await due.schedule(turn.store, planned, now=turn.now)


def _answers(encoded: str | None) -> Answers | None:
    return symptoms.decode(encoded) if encoded else None
