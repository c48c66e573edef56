"""Accounts of staff: who may sign in, a new colleague, a new sign-in link, and shutting an account."""

from dataclasses import dataclass
from datetime import datetime

from flask import current_app, redirect, render_template, session, url_for
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms import HiddenField, RadioField, StringField
from wtforms.validators import AnyOf, DataRequired, Length, ValidationError

from booking.desk import staff as accounts_of
from booking.desk.errors import DeskError, LastManagerError, NameTakenError, OwnAccountError
from booking.desk.staff import LINK_LASTS, Account, AccountState
from booking.gate import desk, signed_in, staff_actor, staff_only
from booking.rules.schedule import Osteopath
from booking.store.kinds import Role
from booking.store.people import name_key
from booking.web.fields import tidied
from booking.web.patient.times import Answer
from booking.web.staff import pages
from booking.words.times import say_date, say_moment, say_time

_DISABLED = "disabled-account"
_LONGEST_NAME = 100
_MAY_DO = {Role.RECEPTION: "everything but accounts", Role.MANAGER: "everything"}


class AddForm(FlaskForm):
    """A new account: a name, and what it may do; an osteopath's is "osteopath", a space and their id."""

    name = StringField(
        "Name",
        filters=[tidied],
        validators=[
            DataRequired("Enter the name they will sign in with"),
            Length(max=_LONGEST_NAME, message=f"Use at most {_LONGEST_NAME} characters"),
        ],
    )
    role = RadioField("What they may do", validate_choice=False)

    def validate_role(self, field: RadioField) -> None:
        """Refuse what is none of the choices, or nothing."""
        if field.data not in dict(_roles()):
            raise ValidationError("Choose what they may do")


class AccountForm(FlaskForm):
    """The buttons of one account, which is told by its name."""

    name = HiddenField(validators=[DataRequired()])
    deed = HiddenField(validators=[AnyOf(["reset", "disable"])])


@dataclass(frozen=True, slots=True)
class AccountRow:
    """One account in words. ``own`` is the reader's, which has no buttons."""

    name: str
    role: str
    state: str
    tone: str
    signed_in: str
    own: bool
    disabled: bool


@dataclass(frozen=True, slots=True)
class SignInLink:
    """A one-time link, shown once."""

    name: str
    address: str
    until: str


@dataclass(frozen=True, slots=True)
class AccountsPage:
    """The accounts. ``link`` and ``done`` tell what the last deed did, ``problem`` why it was refused.

    ``unused`` is the name of an account that was to be added again before its first sign-in.
    """

    title: str
    problem: str
    done: str
    link: SignInLink | None
    unused: str
    rows: tuple[AccountRow, ...]
    roles: tuple[Answer, ...]
    link_days: int


@pages.route("/accounts", methods=["GET", "POST"])
@staff_only(Role.MANAGER)
def accounts() -> Response | str:
    """Show who may sign in, and add a colleague."""
    form = AddForm()
    if form.validate_on_submit():
        role, _, osteopath_id = form.role.data.partition(" ")
        try:
            token = accounts_of.add(
                desk(),
                form.name.data or "",
                role=Role(role),
                osteopath_id=osteopath_id or None,
                actor=staff_actor(),
            )
        except NameTakenError:
            form.name.errors = ["There is an account of that name already"]
        else:
            return _show(AddForm(formdata=None), token=token)
    return _show(form)


@pages.post("/accounts/change")
@staff_only(Role.MANAGER)
def account() -> Response | str:
    """Give an account a new sign-in link, or disable it."""
    form = AccountForm()
    if not form.validate_on_submit():
        return _show(AddForm(formdata=None), problem="The page had been open too long; please try again")
    name = form.name.data or ""
    try:
        if form.deed.data == "reset":
            token = accounts_of.reset(desk(), name, actor=staff_actor())
            return _show(AddForm(formdata=None), token=token)
        session[_DISABLED] = accounts_of.disable(desk(), name, actor=staff_actor()).id
    except DeskError as error:
        return _show(AddForm(formdata=None), problem=_why(error))
    return redirect(url_for("staff.accounts"), 303)


def _why(error: DeskError) -> str:
    match error:
        case OwnAccountError():
            return "You cannot shut out your own account; ask another manager"
        case LastManagerError():
            return "No manager would be left who can sign in"
    return "There is no such account any more"


def _show(form: AddForm, *, problem: str = "", token: str = "") -> str:
    """Return the page. A one-time link's token is in this answer alone, never in a session."""
    found = accounts_of.accounts(desk())
    typed = name_key(form.name.data or "") if form.name.errors else ""
    disabled_id = session.pop(_DISABLED, None)
    return render_template(
        "staff/accounts.html",
        form=form,
        account=AccountForm(formdata=None),
        page=AccountsPage(
            title="Accounts",
            problem=problem,
            done=next((one.member.name for one in found if one.member.id == disabled_id), ""),
            link=_link(token) if token else None,
            unused=next((one.member.name for one in found if _unused(one, typed)), ""),
            rows=tuple(map(_row, found)),
            roles=tuple(Answer(value, label, chosen=form.role.data == value) for value, label in _roles()),
            link_days=LINK_LASTS.days,
        ),
    )


def _roles() -> list[tuple[str, str]]:
    """Return each choice of what an account may do, as it is sent and as it is read."""
    osteopaths: tuple[Osteopath, ...] = desk().schedule.osteopaths
    return [
        *((str(role), f"{role.capitalize()}: {words}") for role, words in _MAY_DO.items()),
        *(
            (f"{Role.OSTEOPATH} {one.id}", f"Osteopath: {one.short_name}, own appointments only")
            for one in osteopaths
        ),
    ]


def _unused(one: Account, typed: str) -> bool:
    """Say whether an account has the name that was typed, and waits for its first sign-in."""
    waits = one.state in {AccountState.WAITING, AccountState.LINK_TOO_OLD}
    return waits and one.signed_in_utc is None and name_key(one.member.name) == typed


def _link(token: str) -> SignInLink | None:
    """Return a link that was just made; whose it is, only the link itself says."""
    member = accounts_of.link_is_good(desk(), token)
    if member is None or member.link_until_utc is None:
        return None
    return SignInLink(
        member.name,
        f"{current_app.extensions['booking_base_url']}{url_for('staff.welcome', token=token)}",
        say_moment(_at(member.link_until_utc)),
    )


def _row(one: Account) -> AccountRow:
    member = one.member
    until = _said(one.link_until_utc)
    words, tone = {
        AccountState.ACTIVE: ("✓ Active", "active"),
        AccountState.WAITING: (f"○ Waiting for the first sign-in, until {until}", "waiting"),
        AccountState.LINK_TOO_OLD: ("✕ The sign-in link ran out", "lapsed"),
        AccountState.DISABLED: ("– Disabled", "disabled"),
    }[one.state]
    return AccountRow(
        member.name,
        _role(member.role, member.osteopath_id),
        words,
        tone,
        _said(one.signed_in_utc) if one.signed_in_utc else "never",
        own=member.id == signed_in().id,
        disabled=member.disabled,
    )


def _role(role: Role, osteopath_id: str | None) -> str:
    if role is not Role.OSTEOPATH:
        return role.capitalize()
    found = desk().schedule.osteopaths_by_id.get(osteopath_id or "")
    return f"Osteopath, {found.short_name}" if found else "Osteopath, of nobody in the schedule"


def _at(moment_utc: datetime) -> datetime:
    return moment_utc.astimezone(desk().schedule.zone)


def _said(moment_utc: datetime | None) -> str:
    """Return a moment with its year only where that is another one."""
    if moment_utc is None:
        return ""
    moment = _at(moment_utc)
    year = "" if moment.year == desk().now_at.year else f" {moment.year}"
    return f"{say_date(moment)}{year}, {say_time(moment)}"
