"""The statuses of sites in our words, and what was made of other words said."""

from collections.abc import Callable, Sequence

from dashboard.vocabulary import says_not_if_recruiting, site_status_word, status_word


def status_column(column: Sequence[str], warn: Callable[[str], None]) -> list[str]:
    """The column in words of :data:`~dashboard.vocabulary.SITE_STATUSES`, empty for others."""
    words = {text: site_status_word(text) for text in set(column)}
    meant = []
    for text in sorted(words):
        shown, word = text[:60], words[text]
        if word and word != status_word(text):
            meant.append(f"{shown!r} as {word}")
        elif text and says_not_if_recruiting(text):
            warn(
                f"site status {shown!r} does not say whether a site recruits; those sites have none"
            )
        elif text and not word:
            warn(f"site status {shown!r} is not one we know; those sites have none")
    if meant:
        warn(f"site statuses read: {', '.join(meant)}")
    return [words[text] for text in column]
