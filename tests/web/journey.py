"""A patient's way through the pages, for tests that need an appointment made by one."""

from tests.page import InspectingClient, Page


def pick(visitor: InspectingClient, number: int = 0) -> Page:
    """Press one of the time buttons of the page last seen."""
    button = visitor.page.all("button", name="slot")[number]
    return visitor.send("/book", slot=button.get("value") or "")


def book(visitor: InspectingClient, *, name: str = "Ann Lee", phone: str = "01747 811204") -> Page:
    """Go from the list of times to the confirmation."""
    assert pick(visitor).h1 == "Your details"
    assert visitor.send("/book/details", name=name, phone=phone).h1 == "Check your answers"
    return visitor.send("/book/check")
