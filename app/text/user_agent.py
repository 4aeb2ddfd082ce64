"""What a browser says it is, in words that its owner recognises."""

from ua_parser import parse


def describe(user_agent: str) -> str:
    """Return browser and system, such as Firefox 140 on Linux, as far as the browser tells."""
    found = parse(user_agent)
    browser = found.user_agent
    name = f"{browser.family} {browser.major or ''}".strip() if browser else ""
    system = found.os.family if found.os else ""
    if name and system:
        return f"{name} on {system}"
    return name or system or "an unknown browser"
