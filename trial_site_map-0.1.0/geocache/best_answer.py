"""Chooses between the answers of several providers."""

from geocache.place import Flag, NotAsked, Position, Precision

MOST_ALTERNATIVES = 4
"""Alternatives of a position, at most."""


def is_doubtful(answer: Position) -> bool:
    """Whether the next provider should be asked too: no position, or one with a flag.

    The flag of a placeholder facility is added later: no provider could know such a place better.
    """
    return answer.latitude is None or bool(answer.flags)


def pick_better(best: Position | None, later: Position) -> Position:
    """The best answer so far, given a later provider's.

    The first unflagged answer, unless a later one knows the facility itself; else the one of the
    best score, the earlier of two equal ones. The reason keeps it if a provider was not asked.
    """
    if best is None:
        return later
    settled = not is_doubtful(best) and later.precision is not Precision.FACILITY
    if (
        later.resolved
        and not settled
        and (not is_doubtful(later) or not best.resolved or later.score > best.score)
    ):
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


def leaves_doubt(answer: Position) -> bool:
    """Whether a provider knows several facilities alike: alternatives without a position."""
    return bool(answer.alternatives) and not answer.resolved


def add_doubt(answer: Position, doubt: Position | None) -> Position:
    """The answer, ``ambiguous`` between the alternatives of a doubt and its own.

    Unchanged without a doubt or a position, and if it is the facility's itself.
    """
    if doubt is None or not answer.resolved or answer.precision is Precision.FACILITY:
        return answer
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
