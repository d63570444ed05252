/** How the formats of a measure are called. */
import { type Plain, t } from '../../words/words';
import type { NumberFormat } from '../../wire/shapes';

export const FORMATS: Record<NumberFormat, Plain> = {
  number: 'number',
  integer: 'whole number',
  percent: 'percent',
  currency: 'money',
  duration: 'length of time',
};

/** To choose from; as lines of a list they begin with a capital. */
export const formatChoices = (): { value: string; label: string }[] =>
  Object.entries(FORMATS).map(([value, label]) => ({ value, label: t(label).replace(/^./u, (first) => first.toUpperCase()) }));
