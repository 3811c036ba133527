"""Makes the changes of one of several servers on the same data folder.

``python -m harness.busy_server NAME ROUNDS`` pins, uploads, shares and closes lists, stores trials,
and reads the library after each round. Prints nothing; exits with 1 after an error.
"""

import sys

from dashboard.service.service import Service
from dashboard.settings import Settings
from geocache import Place
from harness.registry_server import site, study

LIST = "facility,city,country\nClinic {name} {number},Graz,Austria\n"


def work(service: Service, name: str, rounds: int) -> None:
    """Make every kind of change, ``rounds`` times."""
    service.library()
    pins = service.editor().pins
    for number in range(rounds):
        data = LIST.format(name=name, number=number).encode()
        pins.pin([Place(city=f"{name} {number}")], 40 + number, 9, note="", who=name)
        pins.pin([Place(city=f"both {number}")], 40 + number, 10, note="", who=name)
        service.uploads.add(f"session of {name}", data, f"{number}.csv")
        service.uploads.add("session of both", data, "same.csv")
        service.editor().share(data, f"{name} {number}.csv")
        if number % 3 == 0:
            first = service.uploads.lists(f"session of {name}")[0]
            service.uploads.remove(f"session of {name}", first.id)
        service.fetched.save(study(number, site(f"Clinic {name}")), "2026-01-01")
        assert len(service.library().table) >= number + 1


if __name__ == "__main__":
    running = Service(Settings())
    try:
        work(running, sys.argv[1], int(sys.argv[2]))
    finally:
        running.close()
