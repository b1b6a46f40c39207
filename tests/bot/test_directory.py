"""Reading the directory: all faults of all files at once, each with its line, and nothing half-read."""

from datetime import date, time
from pathlib import Path

import pytest
import yaml

from bot.directory import DirectoryFaults, read_directory
from bot.fields import Fault
from care.directory import (
    LANGUAGES,
    DataKind,
    DirectoryData,
    Payer,
    Position,
    ServiceKind,
    SiteKind,
)
from care.topics import PROMISES

NAME = "name: {ru: Имя, uz: Nom, tg: Ном, kk: Аты, en: Name}"
TEXT = "{ru: Текст, uz: Matn, tg: Матн, kk: Мәтін, en: Text}"
SMALL = {
    "programme.yaml": f"""\
{NAME}
operator: {TEXT}
contact: {TEXT}
purpose: {TEXT}
retention_days:
  person: 365
  visits: 180
  checks: 90
  contacts: 30
  questions: 90
promises:
  free-bot: true
  peer-talk: false
""",
    "regions.yaml": f"""\
regions:
  - code: steppe
    {NAME}
cities:
  - code: town
    region: steppe
    timezone: Asia/Almaty
    {NAME}
""",
    "areas.yaml": f"""\
areas:
  - code: north
    city: town
    position: {{latitude: 46.40, longitude: 71.60}}
    {NAME}
""",
    "sites.yaml": f"""\
sites:
  - code: bazaar
    area: north
    kind: market
    {NAME}
""",
    "clinics.yaml": f"""\
clinics:
  - code: one
    area: north
    position: {{latitude: 46.41, longitude: 71.61}}
    {NAME}
    address: {TEXT}
    directions: {TEXT}
    hours: {TEXT}
    bring: {TEXT}
    services:
      - kind: chest-xray
        payer: free-programme
    sessions:
      - weekday: monday
        start: 18:00
        end: 20:00
        slot_minutes: 20
        capacity: 2
      - weekday: saturday
        start: 9:30
        end: 12:00
        slot_minutes: 20
        capacity: 2
        valid_from: 2026-12-01
    closed_days:
      - day: 2027-01-01
        reason: {TEXT}
""",
}
CSV_HEADER = "code,area,kind,name.ru,name.uz,name.tg,name.kk,name.en"
SESSION = "{weekday: monday, start: '18:00', end: '20:00', slot_minutes: 20, capacity: 2}"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a small directory that is in order."""
    for name, content in SMALL.items():
        (tmp_path / name).write_text(content, encoding="utf-8")
    return tmp_path


def read(folder: Path) -> DirectoryData:
    return read_directory(folder, known_promises=PROMISES)


def change(folder: Path, file: str, old: str, new: str) -> None:
    content = (folder / file).read_text(encoding="utf-8")
    assert old in content
    (folder / file).write_text(content.replace(old, new, 1), encoding="utf-8")


def faults_of(folder: Path) -> tuple[Fault, ...]:
    with pytest.raises(DirectoryFaults) as raised:
        read(folder)
    return raised.value.faults


def test_a_directory_in_order_is_read(folder: Path):
    data = read(folder)

    [clinic] = data.clinics
    assert (clinic.city, clinic.area, clinic.timezone) == ("town", "north", "Asia/Almaty")
    assert clinic.position == Position(46.41, 71.61)
    assert clinic.names["tg"] == "Ном"
    assert [(each.kind, each.payer) for each in clinic.services] == [
        (ServiceKind.CHEST_XRAY, Payer.FREE_PROGRAMME)
    ]
    assert [(each.weekday, each.start) for each in clinic.sessions] == [(0, time(18)), (5, time(9, 30))]
    assert clinic.sessions[1].valid_from == date(2026, 12, 1)
    assert [each.day for each in clinic.closed_days] == [date(2027, 1, 1)]
    assert data.sites[0].kind is SiteKind.MARKET
    assert data.programme.retention_days[DataKind.CONTACTS] == 30


def test_only_confirmed_promises_are_read(folder: Path):
    assert read(folder).programme.promises == {"free-bot"}


FAULTS = [  # file, what is replaced, by what, the fault
    ("areas.yaml", "city: town", "city: twon", 'areas.yaml:3: there is no city "twon"; expected one of town'),
    ("regions.yaml", "region: steppe", "region: sea", 'regions.yaml:6: there is no region "sea"; expected'),
    (
        "sites.yaml",
        "area: north",
        "area: south",
        'sites.yaml:3: there is no area "south"; expected one of north',
    ),
    (
        "clinics.yaml",
        "area: north",
        "area: south",
        'clinics.yaml:3: there is no area "south"; expected one of',
    ),
    (
        "sites.yaml",
        "kind: market",
        "kind: shop",
        'sites.yaml:4: "kind" is "shop"; expected one of building-site,',
    ),
    (
        "sites.yaml",
        "kind: market",
        "kindd: market",
        'sites.yaml:4: "kindd" is not known here; expected one of',
    ),
    (
        "sites.yaml",
        "    kind: market\n",
        "",
        'sites.yaml:2: "kind" is missing; expected one of building-site',
    ),
    ("sites.yaml", "kind: market", "kind: [market]", 'sites.yaml:4: "kind" is a list; expected one of'),
    ("sites.yaml", "kind: market", "kind:", 'sites.yaml:4: "kind" is empty; expected one of'),
    (
        "sites.yaml",
        ", tg: Ном",
        "",
        'sites.yaml:5: "name" has no text in tg; expected a text for each of ru,',
    ),
    ("sites.yaml", "tg: Ном", "tg: ''", 'sites.yaml:5: "name" has no text in tg; expected'),
    (
        "sites.yaml",
        "tg: Ном",
        "tg: Ном, de: Name",
        'sites.yaml:5: "de" is not known here; expected one of ru, uz,',
    ),
    ("sites.yaml", NAME, "name: Bazaar", 'sites.yaml:5: "name" is "Bazaar"; expected a text for each of'),
    ("sites.yaml", "en: Name", f"en: {'N' * 81}", 'sites.yaml:5: "en" is "NNNNNNNNNN'),
    (
        "sites.yaml",
        "code: bazaar",
        "code: The Bazaar",
        'sites.yaml:2: "code" is "The Bazaar"; expected small',
    ),
    (
        "sites.yaml",
        "code: bazaar",
        "code: bazaar\n    code: two",
        'sites.yaml:3: "code" stands twice; expected each',
    ),
    ("sites.yaml", "sites:", "site:", 'sites.yaml:1: "site" is not known here; expected one of sites'),
    ("sites.yaml", "  - code", "    code", 'sites.yaml:1: "sites" is a group of keys; expected a list'),
    ("sites.yaml", "kind: market", "kind: 'market", "sites.yaml:4: not YAML: found unexpected end of stream"),
    (
        "sites.yaml",
        "kind: market",
        "kind: a: b",
        "sites.yaml:4: not YAML: mapping values are not allowed here",
    ),
    ("sites.yaml", "kind: market", "kind: *market", "sites.yaml:4: not YAML: found undefined alias"),
    ("sites.yaml", "kind: market", "kind: \x00", "sites.yaml: not YAML: forbidden characters"),
    ("regions.yaml", "Asia/Almaty", "Asia/Alma-Ata", 'regions.yaml:7: there is no time zone "Asia/Alma-Ata"'),
    ("regions.yaml", "Asia/Almaty", "../etc", 'regions.yaml:7: there is no time zone "../etc"'),
    (
        "areas.yaml",
        "latitude: 46.40",
        "latitude: 96",
        'areas.yaml:4: "latitude" is "96"; expected a number with',
    ),
    (
        "areas.yaml",
        "latitude: 46.40",
        "latitude: '46,40'",
        'areas.yaml:4: "latitude" is "46,40"; expected a number',
    ),
    ("areas.yaml", "longitude: 71.60", "longitude: nan", 'areas.yaml:4: "longitude" is "nan"; expected'),
    ("areas.yaml", ", longitude: 71.60", "", 'areas.yaml:4: "longitude" is missing; expected a number'),
    (
        "clinics.yaml",
        "{latitude: 46.41, longitude: 71.61}",
        "{latitude: 71.61, longitude: 46.41}",
        'clinics.yaml:4: it lies 3098 km from the middle of its area "north"; expected a place near its area',
    ),
    ("clinics.yaml", "    address:", "    adress:", 'clinics.yaml:2: "address" is missing; expected a text'),
    (
        "clinics.yaml",
        "kind: chest-xray",
        "kind: magic",
        'clinics.yaml:11: "kind" is "magic"; expected one of cons',
    ),
    (
        "clinics.yaml",
        "payer: free-programme",
        "payer: free",
        'clinics.yaml:12: "payer" is "free"; expected one of',
    ),
    (
        "clinics.yaml",
        "payer: free-programme",
        "payer: self",
        'clinics.yaml:11: "note" is missing, and the payer is "self"; expected what to know before the visit',
    ),
    (
        "clinics.yaml",
        "weekday: monday",
        "weekday: 1",
        'clinics.yaml:14: "weekday" is "1"; expected one of monday,',
    ),
    (
        "clinics.yaml",
        "start: 18:00",
        "start: 25:00",
        'clinics.yaml:15: "start" is "25:00"; expected a time of day',
    ),
    (
        "clinics.yaml",
        "end: 20:00",
        "end: 17:00",
        "clinics.yaml:16: the session ends at 17:00 and starts at 18:00",
    ),
    (
        "clinics.yaml",
        "slot_minutes: 20",
        "slot_minutes: 180",
        "clinics.yaml:17: a slot of 180 minutes in a session",
    ),
    (
        "clinics.yaml",
        "capacity: 2",
        "capacity: 0",
        'clinics.yaml:18: "capacity" is "0"; expected a whole number',
    ),
    (
        "clinics.yaml",
        "capacity: 2",
        "capacity: 2.5",
        'clinics.yaml:18: "capacity" is "2.5"; expected a whole',
    ),
    (
        "clinics.yaml",
        "2026-12-01",
        "2026-02-30",
        'clinics.yaml:24: "valid_from" is "2026-02-30"; expected a date',
    ),
    (
        "clinics.yaml",
        "valid_from: 2026-12-01",
        "valid_from: 2026-12-01\n        valid_until: 2026-11-30",
        'clinics.yaml:25: "valid_until" is 2026-11-30, before 2026-12-01; expected',
    ),
    (
        "clinics.yaml",
        "    sessions:\n",
        f"    sessions:\n      - {SESSION}\n",
        "clinics.yaml:15: the session overlaps the one at line 14; expected sessions one after the other",
    ),
    ("clinics.yaml", "2027-01-01", "01.01.2027", 'clinics.yaml:26: "day" is "01.01.2027"; expected a date'),
    (
        "clinics.yaml",
        "    closed_days:\n",
        f"    closed_days:\n      - day: 2027-01-01\n        reason: {TEXT}\n",
        "clinics.yaml:28: the day 2027-01-01 stands twice; expected each day once",
    ),
    (
        "programme.yaml",
        "free-bot",
        "free-lunch",
        'programme.yaml:12: there is no promise "free-lunch"; expected',
    ),
    (
        "programme.yaml",
        "free-bot: true",
        "free-bot: maybe",
        'programme.yaml:12: "free-bot" is "maybe"; expected true',
    ),
    (
        "programme.yaml",
        "  person: 365\n",
        "",
        'programme.yaml:5: "person" is missing; expected a whole number from',
    ),
    (
        "programme.yaml",
        "checks: 90",
        "checks: 0",
        'programme.yaml:8: "checks" is "0"; expected a whole number',
    ),
]


@pytest.mark.parametrize(("file", "old", "new", "expected"), FAULTS, ids=[each[3][:60] for each in FAULTS])
def test_a_fault_is_named_with_its_line(folder: Path, file: str, old: str, new: str, expected: str):
    change(folder, file, old, new)

    assert [str(fault) for fault in faults_of(folder) if str(fault).startswith(expected)]


@pytest.mark.parametrize(("file", "old", "new", "expected"), FAULTS, ids=[each[3][:60] for each in FAULTS])
def test_one_mistake_makes_few_faults(folder: Path, file: str, old: str, new: str, expected: str):
    change(folder, file, old, new)

    assert len(faults_of(folder)) <= 2  # a misspelt key is unknown, and the right one is missing


def test_all_faults_of_all_files_come_at_once_in_order(folder: Path):
    change(folder, "areas.yaml", "latitude: 46.40", "latitude: 96")
    change(folder, "clinics.yaml", "capacity: 2", "capacity: none")
    change(folder, "clinics.yaml", "payer: free-programme", "payer: me")
    change(folder, "programme.yaml", "free-bot", "free-lunch")
    (folder / "sites.yaml").unlink()

    places = [(fault.file, fault.line) for fault in faults_of(folder)]

    assert places == [
        ("areas.yaml", 4),
        ("clinics.yaml", 12),
        ("clinics.yaml", 18),
        ("programme.yaml", 12),
        ("sites.yaml", 0),
    ]


@pytest.mark.parametrize("file", SMALL)
def test_a_missing_file_is_one_fault(folder: Path, file: str):
    (folder / file).unlink()

    assert [str(fault) for fault in faults_of(folder)] == [
        f"{file}: the file is missing; expected a file of this name in the directory"
    ]


@pytest.mark.parametrize("file", SMALL)
def test_an_empty_file_is_one_fault(folder: Path, file: str):
    (folder / file).write_text("# nothing yet\n", encoding="utf-8")

    assert [(fault.file, fault.wrong) for fault in faults_of(folder)] == [(file, "the file is empty")]


@pytest.mark.parametrize("file", SMALL)
def test_a_file_in_another_encoding_is_one_fault(folder: Path, file: str):
    content = (folder / file).read_text(encoding="utf-8").replace("ә", "a")
    (folder / file).write_bytes(content.encode("cp1251"))

    [fault] = faults_of(folder)

    assert (fault.file, fault.wrong) == (file, "this is not UTF-8")
    assert "Имя" in content.splitlines()[fault.line - 1]


def test_a_file_that_cannot_be_read_is_a_fault(folder: Path):
    (folder / "areas.yaml").unlink()
    (folder / "areas.yaml").mkdir()

    assert str(faults_of(folder)[0]).startswith("areas.yaml: the file cannot be read: Is a directory")


def test_a_folder_that_is_not_there_is_a_fault(tmp_path: Path):
    [fault] = faults_of(tmp_path / "nowhere")

    assert fault.wrong == "there is no such folder"


def test_a_file_with_a_wrong_name_is_a_fault(folder: Path):
    (folder / "site.yml").write_text("sites: []", encoding="utf-8")

    [fault] = faults_of(folder)

    assert (fault.file, fault.wrong) == ("site.yml", "a file of this name is not read")


def test_a_code_that_stands_twice_names_the_first_place(folder: Path):
    entry = SMALL["sites.yaml"].removeprefix("sites:\n")
    (folder / "sites.yaml").write_text(f"sites:\n{entry}{entry}", encoding="utf-8")

    [fault] = faults_of(folder)

    assert str(fault).startswith('sites.yaml:6: the site "bazaar" is already at sites.yaml:2')


def test_lists_in_lists_without_end_are_a_fault(folder: Path):
    (folder / "sites.yaml").write_text("[" * 20_000, encoding="utf-8")

    assert "not YAML" in faults_of(folder)[0].wrong


def test_a_list_without_entries_is_a_fault(folder: Path):
    (folder / "sites.yaml").write_text("sites: []\n", encoding="utf-8")

    assert [fault.wrong for fault in faults_of(folder)] == ['"sites" has 0 entries']


def test_every_clinic_may_have_a_file_of_its_own(folder: Path):
    whole = yaml.safe_load((folder / "clinics.yaml").read_text(encoding="utf-8"))["clinics"][0]
    (folder / "clinics.yaml").unlink()
    (folder / "clinics").mkdir()
    for code in ("one", "two"):
        record = dict(whole, code=code, services=[{"kind": "chest-xray", "payer": "free-state"}])
        record["sessions"] = [yaml.safe_load(SESSION)]
        text = yaml.safe_dump(record, allow_unicode=True)
        (folder / "clinics" / f"{code}.yaml").write_text(text, encoding="utf-8")

    assert [clinic.code for clinic in read(folder).clinics] == ["one", "two"]
    change(folder, "clinics/two.yaml", "capacity: 2", "capacity: -2")
    [fault] = faults_of(folder)
    assert (fault.file, fault.wrong) == ("clinics/two.yaml", '"capacity" is "-2"')


def test_clinics_in_both_forms_are_a_fault(folder: Path):
    (folder / "clinics").mkdir()

    assert "a folder named clinics is there, too" in {fault.wrong for fault in faults_of(folder)}


def test_a_folder_without_a_clinic_is_a_fault(folder: Path):
    (folder / "clinics.yaml").unlink()
    (folder / "clinics").mkdir()
    (folder / "clinics" / "notes.txt").write_text("to do: write it", encoding="utf-8")

    [fault] = faults_of(folder)

    assert (fault.file, fault.wrong) == ("clinics", "the folder has no file that ends in .yaml")


def as_csv(folder: Path, *lines: str, encoding: str = "utf-8") -> None:
    (folder / "sites.yaml").unlink()
    (folder / "sites.csv").write_text("\n".join(lines), encoding=encoding)


@pytest.mark.parametrize(("delimiter", "encoding"), [(",", "utf-8"), (";", "utf-8-sig")])
def test_sites_may_come_from_a_spreadsheet(folder: Path, delimiter: str, encoding: str):
    header = f"{CSV_HEADER},position.latitude,position.longitude"
    row = "bazaar,north,market,Базар,Bozor,Бозор,Базар,Bazaar,46.4,71.6"
    bare = "yard,north,other,Двор,Hovli,Ҳавлӣ,Аула,Yard,,"
    as_csv(folder, *(each.replace(",", delimiter) for each in (header, row, "", bare)), encoding=encoding)

    bazaar, yard = read(folder).sites

    assert (bazaar.names["uz"], bazaar.position) == ("Bozor", Position(46.4, 71.6))
    assert (yard.kind, yard.position) == (SiteKind.OTHER, None)


def test_a_missing_column_is_one_fault(folder: Path):
    row = "bazaar,north,market,Базар,Bozor,Базар,Bazaar"
    as_csv(folder, CSV_HEADER.replace(",name.tg", ""), *(row.replace("bazaar", f"b{n}") for n in range(5)))

    [fault] = faults_of(folder)

    assert str(fault).startswith(
        "sites.csv:1: no column name.tg; expected the columns code, area, kind, name.ru"
    )


def test_missing_columns_hide_no_fault_of_the_rows(folder: Path):
    as_csv(folder, "code,area,name.ru", "bazaar,south,Базар", "Yard,north,Двор")

    assert [(fault.line, fault.wrong) for fault in faults_of(folder)] == [
        (1, "no column kind, name.uz, name.tg, name.kk, name.en"),
        (2, 'there is no area "south"'),
        (3, '"code" is "Yard"'),
    ]


@pytest.mark.parametrize(
    ("lines", "line", "wrong"),
    [
        ([CSV_HEADER, "bazaar,north,shop,а,b,в,г,d"], 2, '"kind" is "shop"'),
        ([CSV_HEADER, "bazaar,north,market,а,b,,г,d"], 2, '"name" has no text in tg'),
        ([CSV_HEADER, "bazaar,north,market,а,b"], 2, '"name" has no text in tg, kk, en'),
        ([CSV_HEADER, "bazaar,north,market,а,b,в,г,d,e"], 2, "9 cells"),
        (
            [CSV_HEADER, 'bazaar,north,market,"а', 'а",b,в,г,d', "yard,north,shop,а,b,в,г,d"],
            4,
            '"kind" is "shop"',
        ),
        ([CSV_HEADER, 'bazaar,north,market,"а"x,b,в,г,d'], 2, "not CSV: ',' expected after '\"'"),
        (
            [f"{CSV_HEADER},colour", "bazaar,north,market,а,b,в,г,d,red"],
            1,
            'the column "colour" is not known',
        ),
        ([f"{CSV_HEADER},kind", "bazaar,north,market,а,b,в,г,d,market"], 1, 'the column "kind" stands twice'),
        ([""], 1, "the file is empty"),
    ],
)
def test_a_fault_in_a_spreadsheet_names_its_row(folder: Path, lines: list[str], line: int, wrong: str):
    as_csv(folder, *lines)

    assert [(fault.line, fault.wrong) for fault in faults_of(folder)] == [(line, wrong)]


def test_sites_in_both_forms_are_a_fault(folder: Path):
    (folder / "sites.csv").write_text(f"{CSV_HEADER}\nbazaar,north,market,а,b,в,г,d\n", encoding="utf-8")

    assert [fault.wrong for fault in faults_of(folder)] == ["sites.yaml is there, too"]


def test_a_sixth_language_is_demanded_of_every_text(folder: Path):
    with pytest.raises(DirectoryFaults) as raised:
        read_directory(folder, known_promises=PROMISES, languages=[*LANGUAGES, "ky"])

    assert any('"address" has no text in ky' in str(fault) for fault in raised.value.faults)


ORGANISATION_HEADER = "code,region,name.ru,name.uz,name.tg,name.kk,name.en"


def test_a_directory_may_do_without_organisations(folder: Path):
    assert read(folder).organisations == ()


def test_organisations_stand_under_a_region_or_under_none(folder: Path):
    rows = ["lamp,steppe,а,b,в,г,Lamp", "road,,а,b,в,г,Road"]
    (folder / "organisations.csv").write_text("\n".join([ORGANISATION_HEADER, *rows]), encoding="utf-8")

    assert [(each.code, each.region, each.names["en"]) for each in read(folder).organisations] == [
        ("lamp", "steppe", "Lamp"),
        ("road", None, "Road"),
    ]


def test_organisations_may_be_a_list_in_yaml(folder: Path):
    names = "{ru: а, uz: b, tg: в, kk: г, en: Lamp}"
    lines = [
        "organisations:",
        f"  - {{code: lamp, name: {names}}}",
        f"  - {{code: lamp, region: moon, name: {names}}}",
    ]
    (folder / "organisations.yaml").write_text("\n".join(lines), encoding="utf-8")

    assert [fault.wrong for fault in faults_of(folder)] == [
        'the organisation "lamp" is already at organisations.yaml:2',
        'there is no region "moon"',
    ]


CENTRE = f"""\
centres:
  - code: home
    country: TJ
    {NAME}
    address: {TEXT}
    source: somebody called there on 2026-11-20
"""


def test_a_directory_may_say_who_receives_people_in_other_countries(folder: Path):
    assert read(folder).centres == ()
    (folder / "centres.yaml").write_text(CENTRE, encoding="utf-8")

    [centre] = read(folder).centres

    assert (centre.code, centre.country, centre.names["tg"]) == ("home", "TJ", "Ном")
    assert (centre.phone, centre.hours, centre.region) == (None, None, None)
    assert centre.source == "somebody called there on 2026-11-20"


def test_centres_may_come_from_a_spreadsheet(folder: Path):
    languages = ("ru", "uz", "tg", "kk", "en")
    header = [
        "code",
        "country",
        "phone",
        *(f"{name}.{one}" for name in ("name", "address") for one in languages),
    ]
    row = ["home", "UZ", "+998 00 000 00 00", *(["Nom"] * 5), *(["Manzil"] * 5)]
    (folder / "centres.csv").write_text(f"{';'.join(header)}\n{';'.join(row)}\n", encoding="utf-8")

    [centre] = read(folder).centres

    assert (centre.country, centre.phone, centre.address["uz"]) == ("UZ", "+998 00 000 00 00", "Manzil")


@pytest.mark.parametrize(
    ("old", "new", "line", "wrong"),
    [
        ("country: TJ", "country: Tajikistan", 3, '"country" is "Tajikistan"'),
        ("    country: TJ\n", "", 2, '"country" is missing'),
        ("source: somebody", "sauce: somebody", 6, '"sauce" is not known here'),
        ("    address", "    phone: [1]\n    address", 5, '"phone" is a list'),
        ("code: home", "code: Home", 2, '"code" is "Home"'),
    ],
)
def test_a_fault_of_a_centre_is_told_with_its_line(folder: Path, old: str, new: str, line: int, wrong: str):
    assert old in CENTRE
    (folder / "centres.yaml").write_text(CENTRE.replace(old, new, 1), encoding="utf-8")

    [fault] = faults_of(folder)

    assert (fault.file, fault.line, fault.wrong) == ("centres.yaml", line, wrong)


def test_a_centre_stands_once(folder: Path):
    again = CENTRE.partition("\n")[2]
    (folder / "centres.yaml").write_text(CENTRE + again, encoding="utf-8")

    [fault] = faults_of(folder)

    assert fault.wrong == 'the centre "home" is already at centres.yaml:2'
