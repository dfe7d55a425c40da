"""Numbers of things in the desk's English."""


def counted(number: int, plural: str) -> str:
    """“1 short link”, “2 short links”, also of a name in code; plurals end in “s”, that of address in “es”."""
    words = plural.replace("_", " ")
    singular = words.removesuffix("es") if words == "addresses" else words.removesuffix("s")
    return f"{number} {singular if number == 1 else words}"
