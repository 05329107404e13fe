/** Names for the JSON that goes in and out, taken from the server's OpenAPI document. */

import type { components } from "./schema";

type Shapes = components["schemas"];

export type ErrorBody = Shapes["ErrorBody"];

export type Me = Shapes["Me"];
export type Member = Shapes["MemberShape"];
export type Role = Member["role"];
export type Setup = Shapes["Setup"];
export type Credentials = Shapes["Credentials"];
export type NewMember = Shapes["NewMember"];
export type Invitation = Shapes["Invitation"];
export type AuditEntry = Shapes["AuditEntry"];

export type ProjectName = Shapes["ProjectName"];
export type Project = Shapes["ProjectShape"];
export type NewProject = Shapes["NewProject"];
export type ProjectChange = Shapes["ProjectChange"];
export type WeekStart = Project["week_start"];
export type Key = Shapes["KeyShape"];
export type NewKey = Shapes["NewKey"];
export type Scope = NonNullable<NewKey["scopes"]>[number];

export type Answer = Omit<Shapes["Answer"], "view"> & { view: View };
export type Meta = Shapes["Meta"];
export type View = Required<Shapes["View"]>;

/** Every question that the server answers; what it says by default may be left out. */
export type Spec = Answer["spec"];
export type Kind = Spec["kind"];
/** A question of one kind. */
export type SpecOf<K extends Kind> = Extract<Spec, { kind: K }>;
export type Actor = NonNullable<Spec["actor"]>;
export type Series = Shapes["Series"];
export type Selector = Shapes["Selector"];
export type Measure = Shapes["Measure"];
export type MeasureOf = NonNullable<Measure["of"]>;
export type Window = Shapes["Window"];
export type WindowUnit = NonNullable<Window["unit"]>;
export type Period = Shapes["Period"] & { from: string };
export type Interval = Lines["interval"];

export type Property = Shapes["Property"];

export type PropertyOf = NonNullable<Property["of"]>;
export type Condition = Shapes["Condition"];
export type Operator = NonNullable<Condition["operator"]>;
export type All = Shapes["All"];
export type Any = Shapes["Any_"];
export type InCohort = Shapes["InCohort"];
export type Filter = NonNullable<Selector["filter"]>;
export type Value = NonNullable<Condition["values"]>[number];

export type Chart = View["chart"];
export type Lines = Shapes["Lines"];
export type Line = Shapes["Line"];
export type Steps = Shapes["Steps"];
export type BarGroup = Shapes["BarGroup"];
export type Bar = Shapes["Bar"];
export type Matrix = Shapes["Matrix"];
export type MatrixGroup = Shapes["MatrixGroup"];
export type MatrixRow = Shapes["MatrixRow"];
export type MatrixCell = Shapes["MatrixCell"];
export type Bars = Shapes["Bars"];
export type BarSeries = Shapes["BarSeries"];
export type Flow = Shapes["Flow"];
export type FlowNode = Shapes["FlowNode"];
export type FlowLink = Shapes["FlowLink"];
export type Numbers = Shapes["Numbers"];
export type BigNumber = Shapes["Number"];
export type Heat = Shapes["Heat"];
export type Dots = Shapes["Dots"];
export type Places = Shapes["Places"];
export type Table = Shapes["Table"];
export type Column = Shapes["Column"];
export type Unit = Column["unit"];
export type Cell = Table["rows"][number][number];
export type Point = Bar["point"];

export type Catalog = Shapes["CatalogShape"];
export type CatalogEvent = Shapes["CatalogEvent"];
export type CatalogProperty = Shapes["CatalogProperty"];
export type PropertyValue = Shapes["ValueShape"];
export type Rejection = Shapes["RejectionShape"];
export type RejectionList = Shapes["RejectionList"];

/** What the live stream sends for an event that was loaded. */
export interface Arrival {
  id: string;
  event: string;
  time: string;
  received: string;
  person: string;
  distinct_id: string;
  properties: Record<string, unknown>;
  status: "accepted";
}

export type Person = Shapes["PersonShape"];
export type PersonDetail = Shapes["PersonDetail"];
export type PersonEvent = Shapes["PersonEventShape"];
export type Session = Shapes["SessionShape"];
export type PeopleList = Shapes["PeopleList"];
export type Behind = Shapes["Behind"];
export type ActorLine = Shapes["ActorShape"];

export type Tile = Required<Shapes["Tile"]>;
/** What is said of a dashboard and its tiles, with nothing left to defaults. */
type Told<S extends { tiles?: unknown }> = Required<Omit<S, "tiles">> & { tiles: Tile[] };
export type Cohort = Shapes["Cohort"];
export type CohortDraft = Shapes["cairn__cohorts__cohort__Draft"];
export type CohortEdit = Shapes["cairn__cohorts__cohort__Edit"];
export type Definition = CohortDraft["definition"];
export type Dashboard = Told<Shapes["Dashboard"]>;
export type Draft = Told<Shapes["cairn__dashboards__dashboard__Draft"]>;
export type Edit = Told<Shapes["cairn__dashboards__dashboard__Edit"]>;
