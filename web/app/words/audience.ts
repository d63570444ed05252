/** Who a template is meant for, in words and as it is typed. Pure. Tested in `test/unit/template_file.test.ts`. */
import type { Plan, TemplateTarget } from '../../wire/shapes';
import { counted } from '../../format/number';
import { PLANS } from './console';
import { listed } from './changes';

const MOST_NAMED = 3;

/** `All tenants`, `Tenants of plan Growth`, `acme and globex`. In lists they stand under their ids and are only counted. */
export function audience(target: TemplateTarget, named = true): string {
  if (target.to === 'all') return 'All tenants';
  if (target.to === 'plan') return `Tenants of plan ${PLANS[target.plan] ?? target.plan}`;
  const { tenants } = target;
  return named && tenants.length <= MOST_NAMED ? listed(tenants) : counted(tenants.length, { one: 'tenant', other: 'tenants' });
}

/** As a form has it. */
export interface Audience {
  to: TemplateTarget['to'];
  plan: Plan;
  /** Slugs, as they were typed. */
  tenants: string;
}

export const typedAudience = (target: TemplateTarget | null): Audience => ({
  to: target?.to ?? 'all',
  plan: target?.to === 'plan' ? target.plan : 'growth',
  tenants: target?.to === 'tenants' ? target.tenants.join(', ') : '',
});

/** What it means; `null` where no tenant is named. */
export function targetOf({ to, plan, tenants }: Audience): TemplateTarget | null {
  if (to === 'all') return { to };
  if (to === 'plan') return { to, plan };
  const slugs = [...new Set(tenants.split(/[\s,;]+/).filter((slug) => slug !== ''))];
  return slugs.length > 0 ? { to, tenants: slugs } : null;
}
