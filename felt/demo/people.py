"""Who works in the demo's venue, and the names of those who play there."""

import random
from typing import Final

from leaf_server.identity.founding import NewPerson

__all__ = ["PINS", "STAFF", "STAFF_BY_ROLE", "player_names"]

STAFF: Final = (
    NewPerson("mara", "Mara Lindqvist", "manager", "246810"),
    NewPerson("ana", "Ana Petrov", "floor", "135791"),
    NewPerson("ben", "Ben Okafor", "floor", "864209"),
    NewPerson("cleo", "Cleo Martens", "cashier", "975310"),
)
STAFF_BY_ROLE: Final = {"manager": "mara", "floor": "ana", "floor2": "ben", "cashier": "cleo"}
PINS: Final = {
    seat: next(person.pin for person in STAFF if person.person == name)
    for seat, name in STAFF_BY_ROLE.items()
}

_GIVEN: Final = (
    "Aaron Agnes Amir Anton Astrid Bastian Bela Carla Chidi Clara Dana Dario Deniz Edda Eino Elif Emil Farid "
    "Freya Gina Goran Hana Henrik Ilse Imani Ivo Jana Jonas Kaya Kemal Lars Leila Lior Luca Magda Malik Mei "
    "Milan Nadia Nils Noor Olga Otis Paula Pavel Quinn Rafa Rosa Sami Selma Tariq Thea Tomas Ugo Vera Viktor "
    "Wanda Xenia Yara Yusuf Zeno Zoe"
)
_FAMILY: Final = (
    "Abel Aydin Baker Bauer Bianchi Brandt Castro Chen Costa Dahl Demir Diallo Dubois Egger Fischer Fontana "
    "Garcia Greco Haas Hansen Horvat Ito Jansen Kaya Keller Kim Kowalski Larsen Lopez Maier Moreau Mori Nagy "
    "Nguyen Novak Olsen Ortiz Park Peeters Popov Rossi Sato Schmid Silva Singh Stein Sousa Tanaka Torres "
    "Vogel Wagner Weber Wong Yilmaz Zeman"
)


def player_names(count: int, chance: random.Random) -> list[str]:
    """Different names, the same for the same seed."""
    pairs = [f"{given} {family}" for given in _GIVEN.split() for family in _FAMILY.split()]
    return chance.sample(pairs, count)
