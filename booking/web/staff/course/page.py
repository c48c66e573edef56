"""A course at the desk: every date shown with what stands in its way, then all booked at once."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import abort, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from booking.desk.appointments import Request
from booking.desk.contact import Person, say_number
from booking.desk.courses import Time, book_course, made_course, plan
from booking.desk.deciding import Wish
from booking.desk.errors import CourseRefusedError, KeyReusedError
from booking.desk.tokens import new_token
from booking.gate import desk, staff_actor, staff_only
from booking.store.entries import ConditionLink, entries_of_course
from booking.store.kinds import Learnt, Role, Source
from booking.store.patients import FoundPatient
from booking.web.staff import pages
from booking.web.staff.course.form import Choice, CourseForm, choices
from booking.web.staff.course.words import DateRow, ReadBack, number, read_back, rows, said
from booking.web.staff.patients.choosing import PatientSearch
from booking.web.staff.phone.words import MatchRow
from booking.words.times import read_moment, say_time

_ROLES = (Role.RECEPTION, Role.MANAGER)
_NOTHING_BOOKED = (
    "Nothing was booked: a time of the course cannot be had any more. It is marked below; everything else "
    "is as you left it."
)
_NO_PAGE = "Choose a page, that it was not the website, or that you did not ask"
_BOOKED_BEFORE = (
    "From this page another course was booked already. To book this one as well, press the button again."
)


@dataclass(frozen=True, slots=True)
class CoursePage:
    """A course before it is booked. ``problem`` is what became of the attempt to book it."""

    title: str
    problem: str
    matches: tuple[MatchRow, ...]
    found: str
    rows: tuple[DateRow, ...]
    unsettled: str
    read_back: ReadBack | None


@dataclass(frozen=True, slots=True)
class BookedDate:
    """One appointment of a course that was booked."""

    said: str
    reference: str
    day: str
    cancelled: bool


@dataclass(frozen=True, slots=True)
class CourseBookedPage:
    """A course that was booked."""

    title: str
    name: str
    phone: str
    type: str
    dates: tuple[BookedDate, ...]


@pages.route("/course", methods=["GET", "POST"])
@staff_only(*_ROLES)
def course() -> Response | str:
    """Plan a course with every date that cannot be and why, and book it as a whole."""
    form = CourseForm.of(desk().schedule, _prefilled())
    search = PatientSearch(form)
    if not form.is_submitted():
        return _show(form, search)
    if not form["csrf_token"].validate(form):
        return _show(form, search)
    if request.form.get("do") == "find" or form.query.data not in {"", form.sought.data}:
        search.look()
        if not search.found.patients:
            form.query.render_kw = {"autofocus": True}
        return _show(form, search)
    good = form.read(desk().now_at)
    if search.known is None:
        form.patient.errors = ["Choose who it is for"]
    if not good or search.known is None:
        return _show(form, search)
    return _go(form, search, search.known)


def _prefilled() -> dict[str, str]:
    """Return what the address asks for, in the words in which it would be typed."""
    names = ("patient", "type", "osteopath", "source")
    given = {name: request.args[name] for name in names if request.args.get(name)}
    try:
        start_at = read_moment(request.args.get("start", ""), desk().schedule.zone)
    except ValueError:
        return given
    on = f"{start_at:%a} {start_at.day} {start_at:%b} {start_at.year}"
    return given | {"on": on, "at": say_time(start_at)}


def _go(form: CourseForm, search: PatientSearch, patient: FoundPatient) -> Response | str:
    """Show every date, or book them all when that is what was read back."""
    found = choices(form, request.form, desk().now_at)
    wanted = _wanted(form, patient, found)
    times = [one.date.chosen for one in found if one.date.chosen]
    planned = plan(desk(), wanted, [one.date for one in found])
    shown = rows(found, planned)
    settled = bool(times) and all(row.settled for row in shown)
    spoken = (
        read_back(planned, desk().schedule.types_by_id[wanted.wish.type_id], patient) if settled else None
    )
    if request.form.get("do") != "book":
        return _show(form, search, shown, spoken)
    if not form.page.data:
        form.page.errors = [_NO_PAGE]
        return _show(form, search, shown, spoken)
    try:
        if booked := made_course(desk(), wanted, times, key=form.key.data or ""):
            return redirect(url_for("staff.course_booked", course=booked), 303)
        if spoken is None:
            return _show(form, search, shown, None, problem=_NOTHING_BOOKED)
        if form.agreed.data != spoken.agreed:
            return _show(form, search, shown, spoken)
        made = book_course(desk(), staff_actor(), wanted, times, key=form.key.data or "")
    except CourseRefusedError:
        planned = plan(desk(), wanted, [one.date for one in found])
        return _show(form, search, rows(found, planned), None, problem=_NOTHING_BOOKED)
    except KeyReusedError:
        form.key.data = new_token()
        return _show(form, search, shown, spoken, problem=_BOOKED_BEFORE)
    return redirect(url_for("staff.course_booked", course=made[0].course), 303)


def _wanted(form: CourseForm, patient: FoundPatient, found: Sequence[Choice]) -> Request:
    """Return whom the course is for, and what all of its appointments have in common."""
    kind = desk().schedule.types_by_id[form.type.data or ""]
    page = desk().schedule.condition_pages_by_name.get(form.page.data)
    return Request(
        Wish(
            kind.id,
            form.osteopath.data,
            found[0].date.usual.start_at,
            new_patient=patient.last_visit_at is None and kind.new_patients,
        ),
        Person(patient.name, patient.phone, patient.email),
        Source(form.source.data),
        ConditionLink(
            page.id if page else None,
            page.title if page else "",
            Learnt.ASKED if page else Learnt(form.page.data or Learnt.NOT_ASKED),
        ),
        patient_id=patient.id,
    )


def _show(
    form: CourseForm,
    search: PatientSearch,
    shown: Sequence[DateRow] = (),
    spoken: ReadBack | None = None,
    *,
    problem: str = "",
) -> str:
    form.agreed.data = spoken.agreed if spoken else ""
    page = CoursePage(
        title="Book a course",
        problem=problem,
        matches=search.matches,
        found=search.said,
        rows=tuple(shown),
        unsettled=number(sum(not row.settled for row in shown)),
        read_back=spoken,
    )
    return render_template("staff/course.html", page=page, form=form)


@pages.get("/course/<course>")
@staff_only(*_ROLES)
def course_booked(course: str) -> str:
    """Show the appointments of a course that was booked."""
    found = entries_of_course(course, zone=desk().schedule.zone) or abort(404)
    first = found[0]
    page = CourseBookedPage(
        title="Course booked",
        name=first.name,
        phone=say_number(first.phone),
        type=first.type_name,
        dates=tuple(
            BookedDate(
                said(Time(one.start_at, one.osteopath_id)),
                one.reference,
                url_for("staff.day", on=one.start_at.date().isoformat()),
                cancelled=not one.live,
            )
            for one in found
        ),
    )
    return render_template("staff/course_booked.html", page=page)
