"""Signing in: the first time by a one-time link that sets a password, then by name and password."""

from dataclasses import dataclass
from functools import cache

from flask import redirect, render_template, session, url_for
from flask_wtf import FlaskForm
from werkzeug.security import check_password_hash, generate_password_hash
from werkzeug.wrappers import Response
from wtforms import PasswordField, StringField
from wtforms.validators import EqualTo, InputRequired, Length

from booking.desk import staff as accounts
from booking.desk.errors import SignInError
from booking.gate import STAFF_SESSION, desk, limit_writes, public, staff_actor, staff_only
from booking.web.staff import pages

_METHOD = "scrypt:32768:8:3"
_SHORTEST_PASSWORD = 10
_LONGEST_PASSWORD = 200


class PasswordForm(FlaskForm):
    """A new password, twice."""

    password = PasswordField(
        "New password",
        validators=[
            InputRequired("Enter a password"),
            Length(
                min=_SHORTEST_PASSWORD,
                max=_LONGEST_PASSWORD,
                message=f"Use {_SHORTEST_PASSWORD} to {_LONGEST_PASSWORD} characters",
            ),
        ],
    )
    again = PasswordField(
        "The same password again",
        validators=[EqualTo("password", "The two passwords are not the same")],
    )


class SignInForm(FlaskForm):
    """Name and password."""

    name = StringField("Name", validators=[InputRequired("Enter your name"), Length(max=100)])
    password = PasswordField(
        "Password", validators=[InputRequired("Enter your password"), Length(max=_LONGEST_PASSWORD)]
    )


class SignOutForm(FlaskForm):
    """The button that signs out."""


@dataclass(frozen=True, slots=True)
class WelcomePage:
    """The page of a one-time link; ``name`` is empty when the link is of no use."""

    title: str
    name: str


@dataclass(frozen=True, slots=True)
class SignInPage:
    """The page that asks for name and password."""

    title: str
    problem: str


@cache
def _nobodys_hash() -> str:
    return generate_password_hash("nobody’s password", method=_METHOD)


def _matches(password: str, password_hash: str | None) -> bool:
    # Where there is no account the same work is done, so that the time of the answer tells nothing.
    reference = password_hash or _nobodys_hash()
    return check_password_hash(reference, password) and password_hash is not None


@pages.route("/welcome/<token>", methods=["GET", "POST"])
@public
def welcome(token: str) -> Response | tuple[str, int]:
    """Let the owner of a one-time link choose a password."""
    member = accounts.link_is_good(desk(), token)
    if member is None:
        page = WelcomePage("This link cannot be used", "")
        return render_template("staff/welcome.html", page=page, form=None), 404
    form = PasswordForm()
    if form.validate_on_submit():
        hashed = generate_password_hash(form.password.data or "", method=_METHOD)
        try:
            _begin(accounts.use_link(desk(), token, password_hash=hashed))
        except SignInError:
            return redirect(url_for("staff.sign_in"), 303)
        return redirect(url_for("staff.day"), 303)
    page = WelcomePage("Choose a password", member.name)
    return render_template("staff/welcome.html", page=page, form=form), 200


@pages.route("/sign-in", methods=["GET", "POST"])
@public
def sign_in() -> Response | str:
    """Ask staff for name and password."""
    form = SignInForm()
    refused = ""
    if form.validate_on_submit():
        limit_writes()
        password = form.password.data or ""
        try:
            _begin(
                accounts.sign_in(desk(), form.name.data or "", matches=lambda kept: _matches(password, kept))
            )
            return redirect(url_for("staff.day"), 303)
        except SignInError:
            # The same words whether or not there is such an account.
            refused = "The name or the password is not right. After several tries, wait a minute"
    return render_template("staff/sign_in.html", page=SignInPage("Sign in", refused), form=form)


def _begin(token: str) -> None:
    # A new session for a new rank: nothing that was in the cookie before stays.
    session.clear()
    session[STAFF_SESSION] = token


@pages.post("/sign-out")
@staff_only()
def sign_out() -> Response:
    """Sign this browser out."""
    if SignOutForm().validate_on_submit():
        accounts.sign_out(desk(), staff_actor(), token=session.get(STAFF_SESSION, ""))
        session.clear()
    return redirect(url_for("staff.sign_in"), 303)
