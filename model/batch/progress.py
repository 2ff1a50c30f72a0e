"""How far a run is, on standard error: a line that is renewed in a terminal, a line every half minute in a log."""

import sys
import time
from contextlib import suppress

from onrecord.reading import visible


class Progress:
    """Counts what is done and says so, with the rate and the time left.

    :param size: bytes of input, 0 if unknown; with ``position``, how many of them are read already.
    """

    def __init__(self, size: int, position: int = 0) -> None:
        self._size = size
        self._first = position
        self._begin = self._said = time.monotonic()
        self._articles = self._sentences = 0
        self._renews = sys.stderr.isatty()

    def add(self, articles: int, sentences: int, position: int) -> None:
        """Count, and say how far it is if it is time to."""
        self._articles += articles
        self._sentences += sentences
        now = time.monotonic()
        if now - self._said >= (0.5 if self._renews else 30):
            self._said = now
            line = self.line(now - self._begin, position)
            self._print(f"\r{line}\x1b[K" if self._renews else line, end="" if self._renews else "\n")

    def say(self, message: str) -> None:
        """Print a line of its own."""
        message = visible(message)  # it may quote an article
        self._print(f"\r\x1b[K{message}" if self._renews else message)

    def _print(self, line: str, end: str = "\n") -> None:
        with suppress(BrokenPipeError):  # the run goes on though nobody listens any more
            print(line, end=end, file=sys.stderr, flush=True)

    def line(self, seconds: float, position: int) -> str:
        """What to say after ``seconds`` with ``position`` bytes read: ``" 41 %  1,234 articles  …"``."""
        counts = f"{self._articles:,} articles  {self._sentences / max(seconds, 1e-9):,.0f} sentences/s"
        if not self._size:
            return counts
        share = position / self._size
        done = (position - self._first) / self._size
        left = f"{clock(seconds * (1 - share) / done)} left" if done > 0 else ""
        return f"{share:4.0%}  {counts}  {left}".rstrip()

    def rate(self) -> str:
        """How fast it was, and for how long: ``"1,234 sentences/s for 5:09"``."""
        seconds = time.monotonic() - self._begin
        return f"{self._sentences / max(seconds, 1e-9):,.0f} sentences/s for {clock(seconds)}"


def clock(seconds: float) -> str:
    """``"2:05:09"`` or ``"5:09"``."""
    minutes, seconds = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"
