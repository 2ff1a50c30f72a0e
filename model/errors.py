"""The exceptions that onrecord raises on purpose; each message says what is wrong and what to do."""


class OnrecordError(Exception):
    """Base of all errors that are the caller's to solve, not a defect of onrecord."""


class InputError(OnrecordError):
    """The article, the file or the option given cannot be used."""


class WeightsError(OnrecordError):
    """The folder of weights is missing, damaged or of another version."""


class DataError(OnrecordError):
    """A data set is missing, incomplete or does not say what it should."""
