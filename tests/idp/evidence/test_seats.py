"""Who waits for whom while documents are painted; threads meet at events, never by the clock."""

from threading import Event, Thread

import pytest

from idp.evidence.seats import MOST_OF_ONE, Seats
from thai_web.refusal import Refusal

PATIENT, NOT_AT_ALL = 60.0, 0.0


class Painting:
    """One that goes on in a thread until it is told to end."""

    def __init__(self, seats: Seats, *senders: str) -> None:
        self.began, self.may_end = Event(), Event()
        self.thread = Thread(target=self._paint, args=(seats, senders))
        self.thread.start()

    def _paint(self, seats: Seats, senders: tuple[str, ...]) -> None:
        with seats.taken(senders, PATIENT):
            self.began.set()
            self.may_end.wait()

    def end(self) -> None:
        self.may_end.set()
        self.thread.join()


def end(paintings: list[Painting]) -> None:
    """Whichever of them has its turn first."""
    for each in paintings:
        each.may_end.set()
    for each in paintings:
        each.thread.join()


def is_admitted(seats: Seats, *senders: str) -> bool:
    try:
        with seats.taken(senders, NOT_AT_ALL):
            return True
    except Refusal:
        return False


@pytest.mark.attack(92)
def test_whoever_sends_slow_documents_leaves_a_place_for_others() -> None:
    seats = Seats(2)
    slow = Painting(seats, "address:1", "draft:1")
    assert slow.began.wait(PATIENT)
    more = [Painting(seats, "address:1", f"draft:{number}") for number in (2, 3)]
    assert is_admitted(seats, "address:2", "draft:9")
    assert not any(each.began.is_set() for each in more)
    end([slow, *more])
    assert is_admitted(seats, "address:1", "draft:1")


@pytest.mark.attack(92)
def test_a_draft_has_one_place_from_however_many_addresses() -> None:
    seats = Seats(2)
    slow = Painting(seats, "address:1", "draft:1")
    assert slow.began.wait(PATIENT)
    assert not is_admitted(seats, "address:2", "draft:1")
    slow.end()


@pytest.mark.attack(92)
def test_of_one_sender_few_wait_and_the_next_is_refused_at_once() -> None:
    seats = Seats(2)
    here = [Painting(seats, "address:1") for _each in range(MOST_OF_ONE)]
    while seats._here["address:1"] < MOST_OF_ONE:
        here[0].began.wait(0.01)
    with pytest.raises(Refusal), seats.taken(("address:1",), PATIENT):
        pass
    end(here)
    assert is_admitted(seats, "address:1")


def test_in_a_rush_the_next_document_is_asked_to_come_back() -> None:
    seats = Seats(1)
    first = Painting(seats, "address:1")
    assert first.began.wait(PATIENT)
    assert not is_admitted(seats, "address:2")
    waiting = Painting(seats, "address:3")
    first.end()
    assert waiting.began.wait(PATIENT), "who waited comes next"
    waiting.end()
    assert is_admitted(seats, "address:2")


def test_a_place_is_given_back_when_the_painting_fails() -> None:
    seats = Seats(1)
    with pytest.raises(ZeroDivisionError), seats.taken(("address:1",), NOT_AT_ALL):
        raise ZeroDivisionError
    assert is_admitted(seats, "address:1")
