"""Chooses between the answers of several providers."""

from geocache.place import Flag, NotAsked, Position

MOST_ALTERNATIVES = 4
"""Alternatives of a position, at most."""


def is_doubtful(answer: Position) -> bool:
    """Whether the next provider should be asked too: no position, or one with a flag.

    The flag of a placeholder facility is added later: no provider could know such a place better.
    """
    return answer.latitude is None or bool(answer.flags)


def pick_better(best: Position | None, later: Position) -> Position:
    """The best answer so far, given a later provider's.

    The first unflagged answer, else the one of the best score, the earlier of two equal ones. The
    reason keeps it if a provider was not asked. Where the best has no position but alternatives,
    as a register with two facilities alike, the later answer gets them, flagged ``ambiguous``.
    """
    if best is None:
        return later
    if best.alternatives and not best.resolved and later.resolved:
        return _add_alternatives(later, best)
    if later.resolved and (not is_doubtful(later) or not best.resolved or later.score > best.score):
        if isinstance(best.reason, NotAsked) and not best.resolved and is_doubtful(later):
            return later._replace(reason=_join(later.reason, best.reason))
        return later
    if best.resolved:
        not_asked = isinstance(later.reason, NotAsked)
        return best._replace(reason=_join(best.reason, later.reason)) if not_asked else best
    first, second = best.reason, later.reason
    if isinstance(second, NotAsked) and not isinstance(first, NotAsked):
        first, second = second, first
    return best._replace(source=best.source or later.source, reason=_join(first, second))


def _add_alternatives(answer: Position, doubt: Position) -> Position:
    """The answer, flagged as ambiguous between the alternatives of a doubtful one and its own."""
    flags = answer.flags if Flag.AMBIGUOUS in answer.flags else (*answer.flags, Flag.AMBIGUOUS)
    score = round(max(0.05, min(answer.score, 1.0) - 0.2), 3)
    reason = _join(answer.reason, doubt.reason) if answer.reason != doubt.reason else answer.reason
    others = (*doubt.alternatives, *answer.alternatives)[:MOST_ALTERNATIVES]
    return answer._replace(flags=flags, score=score, reason=reason, alternatives=others)


def _join(first: str, second: str) -> str:
    """Two reasons as one; it says that a provider was not asked if either does."""
    text = "; ".join(filter(None, (first, second)))
    causes = [reason.cause for reason in (first, second) if isinstance(reason, NotAsked)]
    return NotAsked(text, causes[0]) if causes else text
