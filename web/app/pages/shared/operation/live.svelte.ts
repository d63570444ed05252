/** An operation that is kept up to date while it runs. */
import { operationEnded } from '../../../api/console';
import { follow, hasEnded } from '../../../api/follow';
import type { Operation } from '../../../../wire/shapes';

export class LiveOperation {
  operation = $state.raw<Operation | null>(null);

  /** Must be called while a component is being made. `first` is what is known before the stream begins. */
  constructor(first: () => Operation | null | undefined, ended?: (operation: Operation) => void) {
    $effect(() => {
      const known = first();
      if (!known) {
        this.operation = null;
        return;
      }
      this.operation = known;
      if (hasEnded(known)) return;
      return follow(known.id, (operation) => {
        this.operation = operation;
        if (!hasEnded(operation)) return;
        void operationEnded();
        ended?.(operation);
      });
    });
  }
}
