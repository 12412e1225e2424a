"""What the outputs of the training are, for examples/check."""


def is_good(accuracy):
    return type(accuracy) is float and 0.9 < accuracy <= 1


EXPECTED = {"digits.together": is_good, "digits.with_server": is_good}
