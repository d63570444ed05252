/** Who may see a dataset, in words. Pure. Tested in `test/unit/dataset_draft.test.ts`. */
import type { Role } from '../../../../wire/shapes';
import { type Plain, t } from '../../../../words/words';
import { ROLE_ORDER } from '../../../words/tenant';

/** A dataset of which nobody said it is for everybody. */
export const sightOf = (set: { visible_to?: Role }): Role => set.visible_to ?? 'viewer';

export const SIGHT: Record<Role, Plain> = { viewer: 'Everybody', editor: 'Editors and above', admin: 'Admins and owners', owner: 'Owners only' };

/** What somebody can choose: nobody hides something from themselves. What is chosen now is among it. */
export const choices = (role: Role, now: Role): { value: Role; label: string }[] =>
  ROLE_ORDER.filter((r) => r === now || ROLE_ORDER.indexOf(r) <= ROLE_ORDER.indexOf(role)).map((value) => ({ value, label: t(SIGHT[value]) }));
