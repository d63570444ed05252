/**
 * The shapes on the wire. Pages import every one of them from here, so that the generated description of the API
 * can take this file's place without touching anything else.
 */
export interface Page<T> {
  items: T[];
  next_cursor?: string | null;
  total?: number | null;
}

export interface FieldError {
  pointer: string;
  code: string;
  detail?: string | null;
}

export interface Problem {
  type?: string;
  title: string;
  status: number;
  detail?: string | null;
  code: string;
  instance?: string | null;
  errors?: FieldError[];
}

/* ── tenant: people ─────────────────────────────────────────────────────────────────────────────── */

export type Role = 'viewer' | 'editor' | 'admin' | 'owner';

export interface Session {
  member: { id: string; name: string; email: string; role: Role };
  tenant: { id: string; slug: string; name: string; status: string; time_zone: string; sample_data: boolean };
  can: string[];
}

export interface Member {
  id: string;
  email: string;
  name: string;
  role: Role;
  joined_at: string;
  last_seen_at?: string | null;
  you: boolean;
}

export interface Invitation {
  id: string;
  email: string;
  role: Role;
  expires_at: string;
  invited_by?: string | null;
}

export interface InvitationCreated extends Invitation {
  link?: string | null;
}

export interface InvitationView {
  email: string;
  tenant_name: string;
  role: Role;
  has_account: boolean;
}

export type Scope =
  | 'events:write'
  | 'data:read'
  | 'data:write'
  | 'dashboards:read'
  | 'dashboards:write'
  | 'members:read'
  | 'settings:write'
  | 'audit:read'
  | 'embeds:mint';

export interface ApiKey {
  id: string;
  name: string;
  prefix: string;
  scopes: Scope[];
  created_at: string;
  created_by?: string | null;
  last_used_at?: string | null;
  expires_at?: string | null;
}

export interface ApiKeyCreated extends ApiKey {
  /** Absent when the same request was answered before: a secret is shown once. */
  secret?: string | null;
  note?: string | null;
}

/* ── tenant: settings ───────────────────────────────────────────────────────────────────────────── */

export interface Branding {
  product_name?: string | null;
  accent: string;
  accent_dark?: string | null;
  logo_url?: string | null;
  favicon_url?: string | null;
  radius?: number | null;
}

export type WeekStart = 'monday' | 'sunday' | 'saturday';

export interface Settings {
  name: string;
  time_zone: string;
  locale?: string | null;
  week_start: WeekStart;
  branding: Branding;
  version: number;
}

export interface SettingsPatch {
  name?: string;
  time_zone?: string;
  week_start?: WeekStart;
  branding?: Partial<Pick<Branding, 'product_name' | 'accent' | 'accent_dark' | 'radius'>>;
}

/* ── tenant: data ───────────────────────────────────────────────────────────────────────────────── */

export type NumberFormat = 'number' | 'integer' | 'percent' | 'currency' | 'duration';

export interface Measure {
  name: string;
  label: string;
  unit?: string | null;
  format: NumberFormat;
  slot: number;
}

export interface Dimension {
  name: string;
  label: string;
  slot: number;
}

export interface Dataset {
  id: string;
  name: string;
  label: string;
  sample: boolean;
  time_zone?: string | null;
  measures: Measure[];
  dimensions: Dimension[];
  version: number;
  updated_at: string;
  /** Approximate; present in lists. */
  events?: number | null;
}

export type Aggregate = 'sum' | 'avg' | 'min' | 'max' | 'count' | 'distinct' | 'last';
/** What a question may ask for; the answer names the grain that it came to. */
export type GrainChoice = 'auto' | Grain;
export type Grain = 'minute' | 'hour' | 'day' | 'week' | 'month' | 'quarter' | 'year';

export interface QuestionMeasure {
  agg: Aggregate;
  measure?: string;
  dimension?: string;
  as?: string;
}

export type RangeInput = { last: string } | { from: string; to: string };
export type Compare = 'previous_period';

export interface Question {
  dataset: string;
  measures: QuestionMeasure[];
  by?: string[];
  grain?: GrainChoice;
  filters?: Record<string, unknown>[];
  range?: RangeInput;
  compare?: Compare;
  sort?: { by: 'measure' | 'dimension' | 'time'; index: number; descending: boolean };
  limit?: number;
}

export type Scalar = string | number | null;

export interface AnswerColumn {
  name: string;
  kind: 'time' | 'dimension' | 'measure' | 'previous';
  label?: string | null;
  unit?: string | null;
  format?: NumberFormat | null;
  grain?: Grain | null;
}

export interface Span {
  from: string;
  to: string;
}

export interface Answer {
  columns: AnswerColumn[];
  data: Scalar[][];
  range: Span;
  previous?: Span | null;
  time_zone: string;
  grain?: Grain | null;
  truncated?: boolean;
  partial?: boolean;
}

export type WidgetKind = 'kpi' | 'time_series' | 'bar' | 'table';

/** How the pictures are drawn; each kind knows its own of these. */
export interface WidgetOptions {
  sparkline?: boolean;
  down_is_good?: boolean;
  style?: 'line' | 'area' | 'bars';
  stacked?: boolean;
  horizontal?: boolean;
  bars?: boolean;
}

export interface Widget {
  id: string;
  title: string;
  kind: WidgetKind;
  question: Question;
  options?: WidgetOptions;
}

export interface Place {
  widget: string;
  x: number;
  y: number;
  w: number;
  h: number;
}

export interface DashboardConfig {
  range: RangeInput;
  compare?: Compare | null;
  widgets: Widget[];
  layout: Place[];
}

export interface DashboardSummary {
  id: string;
  name: string;
  description?: string | null;
  default: boolean;
  version: number;
  updated_at: string;
  /** What it has of a template, where the operator publishes it. */
  template?: DashboardTemplate | null;
}

export interface DashboardTemplate {
  version: number;
  /** Whether the workspace has changes of its own. */
  changed: boolean;
  /** What the template and the workspace both changed; the workspace's is shown. */
  conflicts: { at: string }[];
}

export interface Dashboard extends DashboardSummary {
  config: DashboardConfig;
}

/** What a dashboard was before. */
export interface DashboardVersion {
  version: number;
  name: string;
  description?: string | null;
  note?: string | null;
  author?: string | null;
  created_at: string;
  /** Lists leave it out. */
  config?: DashboardConfig | null;
}

export interface WidgetData {
  id: string;
  value?: Answer | null;
  series?: Answer | null;
  problem?: { code: string; title: string; detail?: string | null } | null;
}

export interface DashboardData {
  dashboard: string;
  version: number;
  range: Span;
  previous?: Span | null;
  time_zone: string;
  widgets: WidgetData[];
}

/* ── embedding ──────────────────────────────────────────────────────────────────────────────────── */

/** A condition on the events behind a dashboard. `null` among values is "has no value". */
export type Filter =
  | { op: 'in' | 'not_in'; dimension: string; values: (string | null)[] }
  | { op: 'contains' | 'starts_with'; dimension: string; value: string }
  | { op: 'gte' | 'gt' | 'lte' | 'lt' | 'eq'; measure: string; value: number }
  | { op: 'between'; measure: string; value: number; to: number };

/** What a token or a public link opens. */
export interface EmbedView {
  dashboard: { id: string; name: string; description?: string | null; config: DashboardConfig };
  tenant: { name: string; time_zone: string; locale?: string | null; week_start: WeekStart };
  branding: Branding;
  /** The dimensions that the token's filters hold; nobody else may filter them. */
  locked: string[];
  /** Where the token may be shown; empty: wherever the tenant's own list allows. */
  origins: string[];
  expires_at?: string | null;
  now: string;
}

/** From where a tenant's dashboards may be shown. */
export interface EmbedSettings {
  origins: string[];
  version: number;
}

export interface EmbedKey {
  id: string;
  created_at: string;
  /** It signs; others only verify what they signed before. */
  signing: boolean;
  /** The public half, base64url. */
  public_key: string;
  /** Until when its tokens count, once another key has taken its place. */
  verifies_until?: string | null;
}

export type EmbedRevocation = { token: string } | { viewer: string } | { api_key: string } | { dashboard: string } | { all: true };

export interface EmbedUsageDay {
  day: string;
  dashboard: string;
  loads: number;
  viewers: number;
  query_ms: number;
  refused: number;
}

export interface PublicLink {
  id: string;
  dashboard: string;
  name: string;
  filters?: Filter[];
  created_at: string;
  created_by?: string | null;
  expires_at?: string | null;
}

export interface PublicLinkCreated extends PublicLink {
  /** Absent when the same request was answered before: a secret is shown once. */
  url?: string | null;
  note?: string | null;
}

export interface SampleRemoved {
  events: number;
  datasets: string[];
  dashboards: string[];
}

/* ── audit ──────────────────────────────────────────────────────────────────────────────────────── */

export interface Actor {
  kind: string;
  id?: string | null;
  name?: string | null;
}

export interface AuditEntry {
  seq: number;
  at: string;
  action: string;
  actor: Actor;
  /** Why an operator looked in. */
  reason?: string | null;
  request?: string | null;
  subject?: unknown;
  detail?: unknown;
}

export interface AuditVerdict {
  ok: boolean;
  rows: number;
  head?: { seq: number; hash: string } | null;
  first_bad?: number | null;
  /** What is wrong with it. */
  what?: string | null;
}

/* ── console ────────────────────────────────────────────────────────────────────────────────────── */

export type Tier = 'pooled' | 'schema' | 'database';
export type Plan = 'free' | 'growth' | 'enterprise';
export type TenantStatus = 'provisioning' | 'active' | 'suspended' | 'deleted' | 'erasing';

export interface OperatorSession {
  operator: { id: string; email: string; name: string; role: 'support' | 'admin' };
  installation: { base_domain: string; version: string; tenants: number; quarantine_days?: number | null };
  can: string[];
}

export interface Placement {
  cell: string;
  tier: Tier;
  database: string;
  schema: string;
  role: string;
  epoch: number;
}

export interface Tenant {
  id: string;
  slug: string;
  name: string;
  status: TenantStatus;
  plan: Plan;
  placement: Placement;
  url: string;
  created_at: string;
  status_at: string;
  purge_at?: string | null;
  operation?: Operation | null;
}

export type StepStatus = 'pending' | 'running' | 'done' | 'undone' | 'failed';

export interface OperationStep {
  name: string;
  label: string;
  status: StepStatus;
  ms?: number | null;
}

export type OperationStatus =
  | 'queued'
  | 'running'
  | 'unwinding'
  | 'succeeded'
  | 'failed'
  | 'cancelled'
  | 'stuck';

export interface Operation {
  id: string;
  kind: string;
  tenant?: { id: string; slug: string } | null;
  status: OperationStatus;
  step: number;
  steps: OperationStep[];
  progress: number;
  attempt: number;
  error?: Problem | null;
  actor?: Actor | null;
  created_at: string;
  started_at?: string | null;
  ended_at?: string | null;
  ms?: number | null;
  result?: Record<string, unknown> | null;
  cancellable: boolean;
}

export interface TenantUsage {
  events: number;
  datasets: number;
  dashboards: number;
  members: number;
  bytes: number;
  schema_version: number;
}

export interface TenantCreate {
  slug: string;
  name: string;
  tier?: Tier;
  plan?: Plan;
  cell?: string;
  owner: { email: string; name?: string; password?: string };
  sample_data: boolean;
}

export interface SlugCheck {
  available: boolean;
  reason?: string | null;
  suggestion?: string | null;
}

export interface Cell {
  name: string;
  region: string;
  address: string;
  status: string;
  tenants: number;
  pooled: number;
  schema: number;
  database: number;
  schema_limit: number;
  database_limit: number;
}

export interface Mail {
  id: string;
  /** The tenant's id. */
  tenant?: string | null;
  to: string;
  subject: string;
  text: string;
  state: 'kept' | 'queued' | 'sent' | 'failed';
  created_at: string;
}

export interface Status {
  version: string;
  postgres?: { version?: string | null } | null;
  tenants?: { by_status?: Record<string, number>; by_tier?: Record<string, number> } | null;
  jobs?: { queued?: number; failed?: number } | null;
  operations?: { running?: number; stuck?: number } | null;
}
