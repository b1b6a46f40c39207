"""Read the directory: a folder of YAML files that says which places exist and who runs the programme.

`docs/directory.md` describes the format. All faults of all files are found in one go.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from bot.directory_things import (
    NAME_LENGTH,
    PROGRAMME_KEYS,
    centre_of,
    clinic_of,
    names_of,
    position_of,
    programme_of,
    refuse_far,
    site_of,
    zone_of,
)
from bot.fields import Fault, Record, Source, one_of
from bot.records import read_table, read_yaml
from care.directory import (
    LANGUAGES,
    Area,
    Centre,
    City,
    Clinic,
    DirectoryData,
    Organisation,
    Programme,
    Region,
    Site,
)

DEFAULT_ZONE = "Asia/Almaty"
FILES = (
    "programme.yaml",
    "regions.yaml",
    "organisations.yaml",
    "organisations.csv",
    "areas.yaml",
    "sites.yaml",
    "sites.csv",
    "clinics.yaml",
    "centres.yaml",
    "centres.csv",
)


class DirectoryFaults(Exception):
    """The directory cannot be used; `faults` says why, sorted by file and line."""

    def __init__(self, faults: Collection[Fault]) -> None:
        """Keep the faults, each once."""
        super().__init__()
        self.faults = tuple(sorted(set(faults)))

    def __str__(self) -> str:
        """Return one line per fault."""
        return "\n".join(str(fault) for fault in self.faults)


def read_directory(
    folder: Path,
    *,
    known_promises: Collection[str],
    languages: Sequence[str] = LANGUAGES,
    timezone: str = DEFAULT_ZONE,
) -> DirectoryData:
    """Return what the files of `folder` say; a city that names no zone is in `timezone`.

    Raises DirectoryFaults with all faults of all files.
    """
    if not folder.is_dir():
        raise DirectoryFaults(
            [Fault(str(folder), 0, "there is no such folder", "the folder of the directory")]
        )
    reader = _Reader(folder, tuple(languages), timezone)
    data = reader.read(known_promises)
    if reader.faults:
        raise DirectoryFaults(reader.faults)
    return data


@dataclass(slots=True)
class _Codes:
    """The codes of one kind of thing: none stands twice, and what is referred to is there."""

    noun: str
    places: dict[str, str] = field(default_factory=dict)  # code → file and line
    complete: bool = True  # False when a file could not be read: what is not there may well be in it

    def enter(self, record: Record) -> str:
        """Return the code of a new thing."""
        code = record.code()
        place = f"{record.source.name}:{record.line}"
        if code and self.places.setdefault(code, place) != place:
            wrong = f'the {self.noun} "{code}" is already at {self.places[code]}'
            record.fault(wrong, "a code of its own", key="code")
        return code

    def refer(self, record: Record) -> str:
        """Return the code that a record refers to, at the key named like the kind of thing."""
        code = record.text(self.noun, longest=NAME_LENGTH, expected=f"the code of the {self.noun}")
        if code and self.complete and code not in self.places:
            wrong = f'there is no {self.noun} "{code}"'
            record.fault(wrong, one_of(self.places, near=code), key=self.noun)
        return code


@dataclass(slots=True)
class _Reader:
    """One reading: the files, and what was found in them so far."""

    folder: Path
    languages: tuple[str, ...]
    timezone: str
    faults: list[Fault] = field(default_factory=list)
    regions: _Codes = field(default_factory=lambda: _Codes("region"))
    cities: _Codes = field(default_factory=lambda: _Codes("city"))
    areas: _Codes = field(default_factory=lambda: _Codes("area"))
    sites: _Codes = field(default_factory=lambda: _Codes("site"))
    organisations: _Codes = field(default_factory=lambda: _Codes("organisation"))
    clinics: _Codes = field(default_factory=lambda: _Codes("clinic"))
    centres: _Codes = field(default_factory=lambda: _Codes("centre"))
    city_of: dict[str, City] = field(default_factory=dict)
    area_of: dict[str, Area] = field(default_factory=dict)

    def read(self, known_promises: Collection[str]) -> DirectoryData:
        """Read everything; what a thing refers to is read before it."""
        self._refuse_strange_files()
        top = self._file("regions.yaml", "regions", "cities")
        self.regions.complete = self.cities.complete = top is not None
        regions = [self._region(each) for each in _entries(top, "regions")]
        self.city_of = {each.code: each for each in map(self._city, _entries(top, "cities"))}
        top = self._file("areas.yaml", "areas")
        self.areas.complete = top is not None
        self.area_of = {each.code: each for each in map(self._area, _entries(top, "areas"))}
        return DirectoryData(
            regions=tuple(regions),
            cities=tuple(self.city_of.values()),
            areas=tuple(self.area_of.values()),
            sites=tuple(self._site(each) for each in self._site_records()),
            clinics=tuple(self._clinic(each) for each in self._clinic_records()),
            organisations=tuple(self._organisation(each) for each in self._organisation_records()),
            centres=tuple(self._centre(each) for each in self._centre_records()),
            programme=self._programme(known_promises),
        )

    def _region(self, record: Record) -> Region:
        record.only("code", "name")
        return Region(code=self.regions.enter(record), names=names_of(record, self.languages))

    def _organisation(self, record: Record) -> Organisation:
        record.only("code", "region", "name")
        code = self.organisations.enter(record)
        region = self.regions.refer(record) if record.has("region") else None
        return Organisation(code=code, region=region, names=names_of(record, self.languages))

    def _city(self, record: Record) -> City:
        record.only("code", "region", "name", "timezone")
        code, region = self.cities.enter(record), self.regions.refer(record)
        names, zone = names_of(record, self.languages), zone_of(record, self.timezone)
        return City(code=code, region=region, names=names, timezone=zone)

    def _area(self, record: Record) -> Area:
        record.only("code", "city", "name", "position")
        code, city = self.areas.enter(record), self.cities.refer(record)
        names = names_of(record, self.languages)
        return Area(code=code, city=city, names=names, position=position_of(record))

    def _site(self, record: Record) -> Site:
        code, area = self.sites.enter(record), self.areas.refer(record)
        site = site_of(record, self.languages, code=code, area=area)
        refuse_far(record, site.position, self.area_of.get(area))
        return site

    def _clinic(self, record: Record) -> Clinic:
        code, area_code = self.clinics.enter(record), self.areas.refer(record)
        area = self.area_of.get(area_code)
        unknown = City(code="", region="", names={}, timezone=self.timezone)  # its fault was noted already
        city = self.city_of.get(area.city, unknown) if area else unknown
        clinic = clinic_of(record, self.languages, code=code, area=area_code, city=city)
        refuse_far(record, clinic.position, area)
        return clinic

    def _centre(self, record: Record) -> Centre:
        return centre_of(record, self.languages, code=self.centres.enter(record))

    def _programme(self, known_promises: Collection[str]) -> Programme:
        name = "programme.yaml"
        unread = Record(self._source(name), 0, {}, {}, excused=frozenset(PROGRAMME_KEYS))
        record = read_yaml(self._source(name), self.folder / name) or unread
        return programme_of(record, self.languages, known_promises)

    def _refuse_strange_files(self) -> None:
        for path in sorted(self.folder.iterdir()):
            if path.suffix.lower() in {".yaml", ".yml", ".csv"} and path.name not in FILES:
                self._source(path.name).fault(0, "a file of this name is not read", one_of(FILES))

    def _source(self, name: str) -> Source:
        return Source(name, self.faults)

    def _file(self, name: str, *keys: str) -> Record | None:
        """Return the mapping of one file, or None after a fault."""
        top = read_yaml(self._source(name), self.folder / name)
        if top is not None:
            top.only(*keys)
        return top

    def _site_records(self) -> list[Record]:
        if not (self.folder / "sites.csv").exists():
            return _entries(self._file("sites.yaml", "sites"), "sites")
        return self._table(
            "sites", "code", "area", "kind", optional=["position.latitude", "position.longitude"]
        )

    def _organisation_records(self) -> list[Record]:
        """Return the organisations, which a directory may do without."""
        if (self.folder / "organisations.csv").exists():
            return self._table("organisations", "code", optional=["region"])
        if (self.folder / "organisations.yaml").exists():
            return _entries(self._file("organisations.yaml", "organisations"), "organisations")
        return []

    def _centre_records(self) -> list[Record]:
        """Return the centres of other countries, which a directory may do without."""
        if (self.folder / "centres.csv").exists():
            texts = [f"address.{language}" for language in self.languages]
            more = [f"{name}.{language}" for name in ("region", "hours") for language in self.languages]
            return self._table("centres", "code", "country", *texts, optional=["phone", "source", *more])
        if (self.folder / "centres.yaml").exists():
            return _entries(self._file("centres.yaml", "centres"), "centres")
        return []

    def _table(self, name: str, *columns: str, optional: list[str]) -> list[Record]:
        """Return the rows of a spreadsheet, whose things have names in every language."""
        source, path = self._source(f"{name}.csv"), self.folder / f"{name}.csv"
        if (self.folder / f"{name}.yaml").exists():
            source.fault(0, f"{name}.yaml is there, too", "one of the two")
        required = [*columns, *(f"name.{language}" for language in self.languages)]
        return read_table(source, path, required=required, optional=optional)

    def _clinic_records(self) -> Iterator[Record]:
        subfolder = self.folder / "clinics"
        if not subfolder.is_dir():
            yield from _entries(self._file("clinics.yaml", "clinics"), "clinics")
            return
        if (self.folder / "clinics.yaml").exists():
            self._source("clinics.yaml").fault(0, "a folder named clinics is there, too", "one of the two")
        paths = sorted(subfolder.glob("*.yaml"))
        if not paths:
            self._source("clinics").fault(
                0, "the folder has no file that ends in .yaml", "one for each clinic"
            )
        for path in paths:
            record = read_yaml(self._source(f"clinics/{path.name}"), path)
            if record is not None:
                yield record


def _entries(top: Record | None, key: str) -> list[Record]:
    return top.children(key, least=1) if top else []
