/** How the formats of a measure are called. */
import type { Plain } from '../../words/words';
import type { NumberFormat } from '../../wire/shapes';

export const FORMATS: Record<NumberFormat, Plain> = {
  number: 'number',
  integer: 'whole number',
  percent: 'percent',
  currency: 'money',
  duration: 'length of time',
};
