"""What the outputs of the word count are, for examples/check."""

EXPECTED = {
    # Of 600 lines `Rain, rain and wind: text N`, and one `once-N` a text, as `prepare` writes them.
    "wordcount.counts": {"rain": 1200, "and": 600, "wind": 600, "text": 600, "1": 101, "2": 201, "3": 301, "once": 3},
    # Which executor gets how much is Spark's to say; that there is one, and that it is not the driver, is not.
    "wordcount.executors": lambda executors: isinstance(executors, list) and 1 <= len(executors) <= 6,
}
