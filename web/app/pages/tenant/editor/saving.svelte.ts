/**
 * Saving a draft, and what happens when somebody else was quicker: what does not contradict is brought into the draft and
 * said, what does is asked for, and only then it is saved, over the version that was looked at. Nothing is saved over a change
 * that nobody here has seen. Tested in `test/browser/editor.test.ts`.
 */
import { asApiError, sentence } from '../../../../wire/problem';
import type { Dashboard, DashboardTemplate, DashboardVersion } from '../../../../wire/shapes';
import { authorsSince, listMembers, loadDashboard, resetDashboard, restoreDashboard, saveDashboard } from '../../../api/editing';
import { createDashboard } from '../../../api/tenant';
import { listed } from '../../../words/changes';
import { member } from '../../../sessions';
import { toasts } from '../../../../ui/toasts.svelte';
import type { Editor } from './editor.svelte';
import { faultOf } from './kinds';
import { type Change, type Draft, merge } from './merge';
import { t } from '../../../../words/words';

export const draftOf = (d: { name: string; description?: string | null; config: Dashboard['config'] }): Draft => ({ name: d.name, description: d.description ?? null, config: d.config });

/** What somebody else saved since the draft began. */
export interface Meanwhile {
  theirs: Draft;
  etag: number;
  /** Who: `Ann`, `Ann and Ben`. */
  who: string;
}

export interface Came {
  who: string;
  taken: readonly Change[];
}

const MOST_NAME = 80;

export class Saving {
  busy = $state(false);
  refused = $state<string | null>(null);
  /** It was deleted meanwhile: what is here can only be kept as another one. */
  gone = $state(false);
  /** What contradicts, until it is decided. */
  conflict = $state.raw<Meanwhile | null>(null);
  /** What came into the draft by itself, until it is saved. */
  came = $state.raw<Came | null>(null);
  template = $state.raw<DashboardTemplate | null>(null);
  /** Why it will be saved, where that is not plain to see. */
  private note: string | null = null;

  constructor(
    private readonly id: string,
    private readonly editor: Editor,
    loaded: Dashboard,
  ) {
    this.template = loaded.template ?? null;
  }

  async save(): Promise<void> {
    const { editor } = this;
    if (this.busy || !editor.dirty) return;
    // What the server would refuse is said before, and where it can be put right.
    const fault = faultOf(editor.draft);
    this.refused = fault?.text ?? null;
    if (fault) {
      editor.selected = fault.widget;
      return;
    }
    await this.work(async () => {
      const { draft } = editor;
      const saved = await saveDashboard(this.id, draft, editor.etag, this.note);
      this.note = null;
      editor.saved(draft, saved.version);
      this.template = saved.template ?? null;
      this.came = null;
      toasts.done(t('Saved.'));
    });
  }

  /** The contradictions are decided: what came of it is saved over what was looked at. */
  async decided(draft: Draft): Promise<void> {
    if (!this.conflict) return;
    this.editor.merged(draft, this.conflict.theirs, this.conflict.etag);
    this.conflict = null;
    this.came = null;
    if (this.editor.dirty) await this.save();
    else toasts.done(t('Theirs is kept.'));
  }

  /** The draft becomes a dashboard of its own, and the other one stays as it is. Gives the new one's id. */
  async keepCopy(): Promise<string | null> {
    const { name, description, config } = this.editor.draft;
    let made: Dashboard | null = null;
    await this.work(async () => {
      const end = ` (${t('copy')})`;
      made = await createDashboard(`${name.slice(0, MOST_NAME - end.length)}${end}`, config, description);
      this.conflict = null;
      toasts.done(t('Yours is kept as a copy.'));
    });
    return (made as Dashboard | null)?.id ?? null;
  }

  /** Shows an older version again. Where somebody saved meanwhile, it is brought together with that like any other draft. */
  async restore(version: DashboardVersion): Promise<void> {
    const { editor } = this;
    this.refused = null;
    await this.work(
      async () => {
        const restored = await restoreDashboard(this.id, version.version, editor.etag);
        editor.reset(draftOf(restored), restored.version);
        this.template = restored.template ?? null;
        this.came = null;
        toasts.done(t('Version {version} is shown again.', { version: version.version }));
      },
      () => {
        if (!version.config) return;
        editor.set(draftOf({ ...version, config: version.config }));
        this.note = t('From version {version}', { version: version.version });
      },
    );
  }

  /** Takes back what this workspace changed of a dashboard that is published to it. */
  async reset(): Promise<void> {
    const now = await resetDashboard(this.id, this.editor.etag);
    this.editor.reset(draftOf(now), now.version);
    this.template = now.template ?? null;
    this.came = null;
  }

  /** Does something that somebody else may have been quicker with. */
  private async work(run: () => Promise<void>, before?: () => void): Promise<void> {
    this.busy = true;
    try {
      await run();
    } catch (thrown) {
      const error = asApiError(thrown);
      if (error.code === 'version.stale') {
        before?.();
        await this.bringTogether();
      } else if (error.code === 'not_found') this.gone = true;
      else this.refused = [sentence(error.problem), ...(error.problem.errors ?? []).map((e) => e.detail ?? '')].filter((one, i, all) => one && all.indexOf(one) === i).join(' ');
    } finally {
      this.busy = false;
    }
  }

  private async bringTogether(): Promise<void> {
    const { editor } = this;
    try {
      const [now, authors, people] = await Promise.all([
        loadDashboard(this.id),
        authorsSince(this.id, Number(editor.etag)),
        member.may('member.list') ? listMembers().catch(() => []) : [],
      ]);
      const called = (author: string) =>
        author === member.current.member.email ? t('You (in another window)') : (people.find((p) => p.email === author)?.name ?? author);
      const who = listed(authors.map(called)) || t('Somebody');
      const [theirs, etag] = [draftOf(now), now.version];
      this.template = now.template ?? null;
      const { draft, conflicts, taken } = merge(editor.base, editor.draft, theirs);
      if (conflicts.length > 0) this.conflict = { theirs, etag, who };
      else {
        editor.merged(draft, theirs, etag);
        this.came = { who, taken };
      }
    } catch (thrown) {
      const error = asApiError(thrown);
      if (error.code === 'not_found') this.gone = true;
      else this.refused = sentence(error.problem);
    }
  }
}
