/**
 * The shapes on the wire, under the names that the app calls them by. They are generated from the API's own
 * description, so that a change of the API that the app cannot bear is an error of `npm run check`. Written by hand
 * are only what the description leaves open: which of several fields is there, and the words of open lists.
 */
import type { components as Operators } from './operator_api';
import type { components as Tenants } from './tenant_api';

type T = Tenants['schemas'];
type O = Operators['schemas'];

/** Some fields that are known better than they are described. */
type But<Shape, Known> = Omit<Shape, keyof Known> & Known;

export interface Page<Item> {
  items: Item[];
  next_cursor?: string | null;
  total?: number | null;
}

export type FieldError = T['FieldError'];
/** The app makes problems of its own, too: those have neither a type nor a request. */
export type Problem = Pick<T['Problem'], 'title' | 'status' | 'code'> & Partial<Pick<T['Problem'], 'type' | 'instance' | 'errors' | 'detail'>>;

/* ── tenant: people ─────────────────────────────────────────────────────────────────────────────── */

export type Role = T['Role'];
export type Session = T['Session'];
export type Member = T['Member'];
export type Invitation = T['Invitation'];
export type InvitationCreated = T['InvitationCreated'];
export type InvitationView = T['InvitationView'];
export type Scope = T['Scope'];
export type ApiKey = T['ApiKey'];
/** `secret` is absent when the same request was answered before: a secret is shown once. */
export type ApiKeyCreated = T['ApiKeyCreated'];

/* ── tenant: settings ───────────────────────────────────────────────────────────────────────────── */

export type Branding = T['Branding'];
export type WeekStart = T['WeekStart'];
export type Settings = T['TenantSettings'];
export type SettingsPatch = T['SettingsPatch'];

/* ── tenant: data ───────────────────────────────────────────────────────────────────────────────── */

export type NumberFormat = T['Format'];
export type Measure = T['Measure'];
/** A measure that is worked out from others by a formula. */
export type Calculated = T['Calculated'];
export type Dimension = T['Dimension'];
export type Dataset = T['Dataset'];
/** Rows of texts under one key, that dimensions are looked up in. */
export type Table = T['Table'];
export type TableColumnInput = T['TableColumnInput'];
export type TableColumnKind = T['TableColumnKind'];
export type TableInput = T['TableInput'];
export type TableChanged = T['TableChanged'];
export type TableRow = T['TableRowView'];
/** What is declared about a dataset. */
export type DatasetPut = T['DatasetPut'];

export type Agg = T['Agg'];
/** What a question may ask for; the answer names the grain that it came to. */
export type GrainChoice = T['GrainChoice'];
export type Grain = T['Grain'];
/** One number that a question asks for: an aggregate, or a formula. */
export type Figure = T['Figure'];
export type Aggregate = T['Aggregate'];
export type Formula = T['Formula'];
/** What is shown of a number, where it is not the number itself. */
export type Show = T['Show'];
export type Filter = T['Filter'];
export type Compare = T['Compare'];

/** One of the two forms of a range. */
export type RangeInput = { last: string } | { from: string; to: string };

export type Question = T['Question'];

export type Scalar = T['Values'][number];
export type AnswerColumn = T['Column'];
export type Span = T['Span'];
export type Answer = T['Answer'];

/** What is asked for the rows behind a question, a page at a time. */
export type RowsInput = But<T['RowsInput'], { range?: RangeInput; filters?: readonly Filter[] }>;
export type Rows = T['EventRows'];

/* ── tenant: dashboards ─────────────────────────────────────────────────────────────────────────── */

export type Widget = T['Widget'];
export type WidgetKind = Widget['kind'];
/** A widget that asks something. */
export type Chart = Extract<Widget, { question: Question }>;

type Every<Union> = (Union extends unknown ? (one: Union) => void : never) extends (all: infer All) => void ? All : never;
/** How the pictures are drawn; each kind knows its own of these. */
export type WidgetOptions = Partial<Every<NonNullable<Widget['options']>>>;
export type ColourRule = T['ColourRule'];
export type Threshold = T['Threshold'];
export type Tone = T['Tone'];

export type Place = T['Place'];
export type DashboardFilter = T['DashboardFilter'];
export type DashboardConfig = But<T['DashboardConfig'], { range: RangeInput }>;
/** In lists a dashboard has no configuration. */
export type DashboardSummary = Omit<T['Dashboard'], 'config'>;
export type Dashboard = But<T['Dashboard'], { config: DashboardConfig }>;
/** What it has of a template, where the operator publishes it. */
export type DashboardTemplate = T['DashboardTemplate'];
/** What a dashboard was before. Lists leave the configuration out. */
export type DashboardVersion = But<T['DashboardVersion'], { config?: DashboardConfig | null }>;
export type WidgetData = T['WidgetData'];
export type DashboardData = T['DashboardData'];
export type SampleRemoved = T['SamplesDeleted'];

/* ── tenant: embedding ──────────────────────────────────────────────────────────────────────────── */

/** What a token or a public link opens. */
export type EmbedView = But<T['EmbedView'], { dashboard: But<T['EmbedDashboard'], { config: DashboardConfig }> }>;
/** From where a tenant's dashboards may be shown. */
export type EmbedSettings = T['Embedding'];
export type EmbedKey = T['EmbedKey'];
export type EmbedRevocation = T['EmbedRevocationInput'];
export type EmbedUsageDay = T['EmbedUsageDay'];
export type PublicLink = T['PublicLink'];
/** `url` is absent when the same request was answered before: a secret is shown once. */
export type PublicLinkCreated = T['PublicLinkCreated'];

/* ── audit ──────────────────────────────────────────────────────────────────────────────────────── */

export type Actor = T['Actor'];
export type AuditEntry = But<T['AuditEntry'], { subject?: unknown; detail?: unknown }>;
export type AuditVerdict = T['AuditVerdict'];

/* ── console ────────────────────────────────────────────────────────────────────────────────────── */

export type Tier = O['Tier'];
export type Plan = O['Plan'];
export type TenantStatus = O['TenantStatus'];
export type OperatorSession = But<O['OperatorSession'], { installation: O['Installation'] & { quarantine_days?: number | null } }>;
export type Placement = O['Placement'];
export type Tenant = But<O['Tenant'], { operation?: Operation | null }>;

export type StepStatus = 'pending' | 'running' | 'done' | 'undone' | 'failed';
export type OperationStep = But<O['OperationStep'], { status: StepStatus }>;
export type OperationStatus = 'queued' | 'running' | 'unwinding' | 'succeeded' | 'failed' | 'cancelled' | 'stuck';
export type Operation = But<
  O['Operation'],
  { status: OperationStatus; steps: OperationStep[]; error?: Problem | null; result?: Record<string, unknown> | null; ms?: number | null }
>;

/** A dashboard that is published to many tenants. */
export type Template = But<O['Template'], { config?: DashboardConfig | null }>;
/** A version of it, as it was published. Lists leave the configuration out. */
export type TemplateVersion = But<O['TemplateVersion'], { config?: DashboardConfig | null }>;
export type TemplateTarget = O['TemplateTarget'];
export type TemplateInput = But<O['TemplateInput'], { config: DashboardConfig }>;
/** What one tenant changed of a template, and where that contradicts it. */
export type TemplateConflicts = O['TemplateConflicts'];

export type TenantUsage = O['TenantUsage'];
export type TenantCreate = O['TenantInput'];
export type SlugCheck = O['SlugCheck'];
export type Cell = O['Cell'];
export type Mail = But<O['Mail'], { state: 'kept' | 'queued' | 'sent' | 'failed' }>;
export type Status = O['Status'];
