/**
 * What every form does around its request: one at a time, refusals to the fields they point at, the rest in one
 * sentence. Tested through the forms in `test/browser`.
 */
import { asApiError, fieldErrors, sentence } from '../../wire/problem';
import type { Problem } from '../../wire/shapes';

export class Submit {
  busy = $state(false);
  errors = $state.raw<Record<string, string>>({});
  refused = $state<string | null>(null);

  /** `fields`: the form's names; an error that points elsewhere is said in the sentence. */
  constructor(
    private readonly fields: readonly string[],
    private readonly pointers: Record<string, string> = {},
  ) {}

  /** Checks first; then sends. Returns whether it went through. */
  async run(check: Record<string, string | false | undefined>, send: () => Promise<unknown>): Promise<boolean> {
    if (this.busy) return false;
    this.refused = null;
    this.errors = Object.fromEntries(Object.entries(check).filter((e): e is [string, string] => !!e[1]));
    if (Object.keys(this.errors).length > 0) return false;
    this.busy = true;
    try {
      await send();
      return true;
    } catch (thrown) {
      this.refuse(asApiError(thrown).problem);
      return false;
    } finally {
      this.busy = false;
    }
  }

  private refuse(problem: Problem): void {
    const found = fieldErrors(problem, this.pointers);
    this.errors = Object.fromEntries(Object.entries(found).filter(([name]) => this.fields.includes(name)));
    if (Object.keys(this.errors).length === 0) this.refused = sentence(problem);
  }
}
