/** What the palette can do beyond going places: pages put their actions in while they are shown. */
import { untrack } from 'svelte';
import type { Command } from '../../ui/palette/filter';

class Provided {
  private lists = $state.raw<(() => Command[])[]>([]);

  get all(): Command[] {
    return this.lists.flatMap((list) => list());
  }

  /** Must be called while a component is being made. */
  provide(list: () => Command[]): void {
    $effect(() => {
      this.lists = [...without(untrack(() => this.lists), list), list];
      return () => {
        this.lists = without(this.lists, list);
      };
    });
  }
}

const without = (lists: (() => Command[])[], list: () => Command[]) => lists.filter((l) => l !== list);

export const provided = new Provided();
