"""Which of several providers' answers is shown."""

from geocache.place import Position

NOT_ASKED = "not asked"
"""How the reason begins, or goes on, where a provider could not be or was not asked."""


def is_doubtful(answer: Position) -> bool:
    """Whether the next provider should be asked too: no position, or one with a flag.

    That a facility names nobody is said later: no provider could know better.
    """
    return answer.latitude is None or bool(answer.flags)


def was_not_asked(answer: Position) -> bool:
    """Whether a provider was not asked that might have known better."""
    return NOT_ASKED in answer.reason


def pick_better(best: Position | None, later: Position) -> Position:
    """The best answer so far, after a later provider's.

    The first unflagged one, else the best score, the earlier of two equal ones. That somebody was
    not asked stays in the reason.
    """
    if best is None:
        return later
    if later.resolved and (not is_doubtful(later) or not best.resolved or later.score > best.score):
        if best.reason.startswith(NOT_ASKED) and is_doubtful(later):
            return later._replace(reason=f"{later.reason}; {best.reason}")
        return later
    if best.resolved:
        if was_not_asked(later):
            return best._replace(reason=f"{best.reason}; {later.reason}")
        return best
    first, second = best.reason, later.reason
    if second.startswith(NOT_ASKED) and not first.startswith(NOT_ASKED):
        first, second = second, first
    return best._replace(reason="; ".join(filter(None, (first, second))))
