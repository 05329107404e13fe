"""The JSON that goes in and out, beside specs, answers and dashboards, which are shapes already."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from cairn.access.caller import Role, Scope
from cairn.access.keys import KeyKind
from cairn.access.passwords import LEAST_CHARACTERS, MOST_CHARACTERS
from cairn.access.projects import WeekStart
from cairn.cohorts.cohort import Cohort, Label
from cairn.insights.answer import Spec
from cairn.insights.chart import Point
from cairn.query.cohort import Definition

Name = Annotated[str, Field(min_length=1, max_length=200)]
Email = Annotated[str, Field(min_length=3, max_length=254)]
Password = Annotated[str, Field(max_length=MOST_CHARACTERS)]
NewPassword = Annotated[str, Field(min_length=LEAST_CHARACTERS, max_length=MOST_CHARACTERS)]


class Body(BaseModel):
    """What a client sends; unknown fields are refused, so that typing errors show."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Shape(BaseModel):
    """What a client receives."""

    model_config = ConfigDict(frozen=True)


class ErrorBody(Shape):
    """Every error: what happened, and what to do next."""

    status: int
    code: str
    message: str
    hint: str


class MemberShape(Shape):
    """Someone who signs in to Cairn."""

    id: str
    email: str
    name: str
    role: Role


class ProjectName(Shape):
    """A project to choose."""

    id: str
    name: str


class Me(Shape):
    """Who is asking, and what there is for them.

    `csrf_token` goes into the `X-CSRF-Token` header of every request that changes something.
    """

    setup_required: bool
    member: MemberShape | None
    csrf_token: str | None
    projects: list[ProjectName]
    version: str


class Setup(Body):
    """The first member, who owns the installation, and its first project."""

    name: Name
    email: Email
    password: NewPassword
    project_name: Name
    timezone: Annotated[str, Field(max_length=64)] = "UTC"


class Credentials(Body):
    """An e-mail address and a password."""

    email: Email
    password: Password


class LinkToken(Body):
    """The token of a sign-in link."""

    token: Annotated[str, Field(min_length=1, max_length=200)]


class NewMember(Body):
    """A member to invite. They set no password: they sign in by link."""

    email: Email
    name: Name
    role: Role = "analyst"


class Invitation(Shape):
    """A new member, and the link (a path on this server) that signs them in once."""

    member: MemberShape
    sign_in_path: str


class AuditEntry(Shape):
    """Who did what to what."""

    time: datetime
    actor: str
    act: str
    subject: str
    detail: dict[str, Any]


class ProjectShape(Shape):
    """A product whose events are kept together. Dates are read in its time zone."""

    id: str
    name: str
    timezone: str
    week_start: WeekStart
    created_at: datetime


class NewProject(Body):
    """A project to create."""

    name: Name
    timezone: Annotated[str, Field(max_length=64)] = "UTC"
    week_start: WeekStart = "sunday"


class ProjectChange(Body):
    """What to change of a project; what is left out stays."""

    name: Name | None = None
    timezone: Annotated[str, Field(max_length=64)] | None = None
    week_start: WeekStart | None = None


class KeyShape(Shape):
    """A key. Write keys are public and always show their `secret`; API keys only when made."""

    id: str
    kind: KeyKind
    name: str
    scopes: list[Scope]
    prefix: str
    created_at: datetime
    last_used_at: datetime | None
    secret: str | None = None


class NewKey(Body):
    """A key to create. `scopes` is for API keys: `query` reads, `admin` changes, `write` sends."""

    kind: KeyKind
    name: Name
    scopes: Annotated[tuple[Scope, ...], Field(max_length=3)] = ()


class PeopleQuestion(Body):
    """A number of an answer: the question, and the point that came with the view."""

    spec: Spec
    point: Point
    limit: Annotated[int, Field(ge=1, le=1_000)] = 100
    offset: Annotated[int, Field(ge=0, le=2**53)] = 0


class CohortDescription(Body):
    """A cohort that need not be saved."""

    definition: Definition


class PeopleSnapshot(Label):
    """A cohort of the people who are behind a number of an answer now."""

    spec: Spec
    point: Point


class PeopleUpload(Label):
    """A cohort of the people whose distinct ids are in a CSV file."""

    csv: Annotated[str, Field(min_length=1)]


class UploadedCohort(Shape):
    """What came of an upload: how many ids belong to someone, and the first of those that do not.

    Ids that are not known yet are kept: whoever turns out to have one is in the cohort then.
    """

    cohort: Cohort
    matched: int
    unmatched: int
    unmatched_ids: list[str]


class CohortSize(Shape):
    """How many people are in a cohort, of how many there are."""

    people: int
    everyone: int


class SizeOfDay(Shape):
    """How many people were in a cohort at the end of a day; of today, now."""

    day: date
    people: int


class CohortSizes(Shape):
    """The size over time. Lists and properties of people have no past: then there is only today."""

    sizes: list[SizeOfDay]
    has_a_past: bool


class SqlQuery(Body):
    """SQL of a person's own. `$name` in the query is the parameter of that name."""

    query: Annotated[str, Field(min_length=1, max_length=100_000)]
    parameters: Annotated[
        dict[str, str | bool | int | float | None], Field(default_factory=dict, max_length=100)
    ]
    limit: Annotated[int, Field(ge=1, le=100_000, description="The most rows to return.")] = 1_000


class SqlColumn(Shape):
    """A column by its name and its type in SQL."""

    name: str
    type: str


class SqlRows(Shape):
    """The rows as JSON values; times are ISO 8601 in UTC. `more` says that there were further rows."""

    columns: list[SqlColumn]
    rows: list[list[Any]]
    more: bool
    took_ms: float


class SqlOfInsight(Shape):
    """The statements that a database without sequences answers a question by, in this dialect.

    They were run, in this order, and gave the numbers of the answer.
    """

    dialect: str
    statements: list[str]


class PersonShape(Shape):
    """A person in a list. `id` names them in URLs; `name` is the best name that is known."""

    id: str
    name: str
    distinct_ids: list[str]
    properties: dict[str, Any]
    first_seen: datetime
    last_seen: datetime
    events: int | None


class ActorShape(Shape):
    """A session or an account behind a number. A session has the person whose it is."""

    name: str
    person_id: str | None
    first_seen: datetime
    last_seen: datetime
    events: int


class PeopleList(Shape):
    """Some of the people. `total` is how many there are."""

    total: int
    people: list[PersonShape]


class Behind(PeopleList):
    """Some of those behind a number; `total` is exactly that number.

    A question that counts sessions or accounts has these as `actors`, and no people.
    """

    actors: list[ActorShape]


class PersonEventShape(Shape):
    """An event on a person's page."""

    id: str
    event: str
    time: datetime
    properties: dict[str, Any]


class SessionShape(Shape):
    """A visit: events with no pause of more than 30 minutes, or of one session of the client."""

    start: datetime
    end: datetime
    events: list[PersonEventShape]


class PersonDetail(Shape):
    """A person with their sessions, newest first. `more` says that older events are left out."""

    id: str
    name: str
    distinct_ids: list[str]
    properties: dict[str, Any]
    accounts: list[str]
    first_seen: datetime
    last_seen: datetime
    events: int
    sessions: list[SessionShape]
    more: bool


class CatalogEvent(Shape):
    """An event that the project has seen."""

    name: str
    count: int
    last_seen: datetime


class CatalogProperty(Shape):
    """A property that the project has seen."""

    of: Literal["event", "person", "account"]
    name: str


class CatalogShape(Shape):
    """Everything that a question can name. Events come by count, the largest first.

    `event_total` counts what "any event" counts: `$identify`, `$group` and `$alias` are left out.
    """

    events: list[CatalogEvent]
    properties: list[CatalogProperty]
    event_total: int
    person_total: int


class ValueShape(Shape):
    """A value of a property, as text, and how often it occurs."""

    value: str
    count: int


class Values(Shape):
    """The commonest values of a property."""

    values: list[ValueShape]


class RejectionShape(Shape):
    """Something that arrived and could not become an event, kept with the reason."""

    received: datetime
    reason: str
    hint: str
    payload: str


class RejectionList(Shape):
    """Some rejections, newest first, and how many there are."""

    total: int
    rejections: list[RejectionShape]


class Arrival(Shape):
    """The data of an `arrival` on the live stream."""

    id: str
    event: str
    time: datetime
    received: datetime
    person: str
    distinct_id: str
    properties: dict[str, Any]
    status: Literal["accepted"] = "accepted"


class Health(Shape):
    """The process is up."""

    status: Literal["ok"] = "ok"
    version: str


class Readiness(Shape):
    """The server can answer; says how many projects it has open."""

    status: Literal["ready"] = "ready"
    projects: int
