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
CLINICIAN = Person(
    id=700_000_014,
    first_name="Нурлан",
    last_name="Ахметов",
    username="nurlan_clinic",
    language_code="ru",
    phone="+77010000014",
    role="doctor",
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

CAST = (ALISHER, MADINA, WORKER, REGISTRAR, CLINICIAN, COORDINATOR)

PLACES: tuple[tuple[str, float, float], ...] = (  # of the invented demo city: name, latitude, longitude
    ("Old Market", 46.4080, 71.6120),
    ("Railway Station", 46.3990, 71.5830),
    ("Brickworks", 46.3750, 71.5600),
    ("Poplars", 46.4170, 71.6480),
    ("New Blocks", 46.3860, 71.6410),
    ("Dry River", 46.3610, 71.6130),
    ("North Gate", 46.4360, 71.6050),
)
