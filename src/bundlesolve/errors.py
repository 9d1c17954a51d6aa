"""The exceptions of bundlesolve: each says what was expected, what came, and where."""

from __future__ import annotations


class BundlesolveError(Exception):
    """Base of every error this package raises on purpose."""


class InvalidInstance(BundlesolveError, ValueError):
    """Data that break the model's definition.

    Parameters
    ----------
    expected
        What the model asks for, in words.
    found
        What came instead.
    place
        Where in the instance, as a path such as ``$.budgets[0].at_most``.
    """

    def __init__(self, expected: str, found: object, place: str = "$") -> None:
        self.expected = expected
        self.found = found
        self.place = place
        super().__init__(f"{place}: expected {expected}, found {found}")


class InvalidFile(BundlesolveError, ValueError):
    """A file that cannot be read as what it should be.

    Parameters
    ----------
    file
        Name of the file as the user gave it.
    place
        JSON path or line number inside the file.
    expected
        What the format asks for.
    found
        What came instead.
    """

    def __init__(self, file: str, place: str, expected: str, found: object) -> None:
        self.file = file
        self.place = place
        self.expected = expected
        self.found = found
        super().__init__(f"{file}: {place}: expected {expected}, found {found}")


class NotProved(BundlesolveError, ValueError):
    """A certificate that does not prove what it claims.

    Parameters
    ----------
    file
        Name of the certificate's file.
    place
        JSON path of the step that fails.
    expected
        What would have gone on with the proof.
    found
        What came instead.
    """

    def __init__(self, file: str, place: str, expected: str, found: object) -> None:
        self.file = file
        self.place = place
        self.expected = expected
        self.found = found
        super().__init__(f"{file}: {place}: expected {expected}, found {found}")


class InvalidParameter(BundlesolveError, ValueError):
    """A parameter outside its range."""


class Refused(BundlesolveError):
    """A solver declines an instance and says why.

    Parameters
    ----------
    method
        Name of the solver.
    reason
        Why it declines, in words.
    """

    def __init__(self, method: str, reason: str) -> None:
        self.method = method
        self.reason = reason
        super().__init__(f"method {method!r} refuses this instance: {reason}")


class MissingExtra(BundlesolveError, ImportError):
    """An optional package is not installed.

    Parameters
    ----------
    package
        The package that is missing.
    extra
        The extra of bundlesolve that brings it.
    """

    def __init__(self, package: str, extra: str) -> None:
        self.package = package
        self.extra = extra
        super().__init__(
            f"{package} is not installed; get it with: pip install 'bundlesolve[{extra}]'"
        )


class WrongAnswer(BundlesolveError, AssertionError):
    """A solver's answer failed verification: a bug in that solver, never the user's.

    Parameters
    ----------
    method
        Name of the solver.
    reason
        What disagreed, with the numbers.
    """

    def __init__(self, method: str, reason: str) -> None:
        self.method = method
        self.reason = reason
        super().__init__(f"method {method!r} gave a wrong answer: {reason}")


class EngineFailed(BundlesolveError, RuntimeError):
    """An external engine crashed or could not be started.

    Parameters
    ----------
    method
        Name of the solver that wanted the engine.
    reason
        What happened.
    """

    def __init__(self, method: str, reason: str) -> None:
        self.method = method
        self.reason = reason
        super().__init__(f"the engine of method {method!r} failed: {reason}")
