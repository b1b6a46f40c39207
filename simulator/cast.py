"""The people of the demonstration; their ids are fixed, so a bot can know its staff before it starts."""

from simulator.world import Person

ALISHER = Person(
    id=700_000_001,
    first_name="Алишер",
    last_name="Каримов",
    username="alisher_k",
    language_code="uz",
    phone="+998901234567",
    role="migrant",
)
MADINA = Person(
    id=700_000_002,
    first_name="Мадина",
    last_name=None,
    username=None,
    language_code="tg",
    phone="+992918765432",
    role="migrant",
)
WORKER = Person(
    id=700_000_011,
    first_name="Айгүл",
    last_name="Серікқызы",
    username="aigul_outreach",
    language_code="kk",
    phone="+77010000011",
    role="outreach worker",
)
REGISTRAR = Person(
    id=700_000_012,
    first_name="Ольга",
    last_name="Петрова",
    username="olga_registry",
    language_code="ru",
    phone="+77010000012",
    role="registrar",
)
COORDINATOR = Person(
    id=700_000_013,
    first_name="Dana",
    last_name="Omarova",
    username="dana_coordinator",
    language_code="en",
    phone="+77010000013",
    role="coordinator",
)

CAST = (ALISHER, MADINA, WORKER, REGISTRAR, COORDINATOR)
