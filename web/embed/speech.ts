/**
 * In which language this page speaks: as the page around asks, as the tenant has set, as the browser is set. What always
 * holds: words and numbers change together, and never to words that are not there yet; English waits for nothing; nobody
 * waits longer than `PATIENCE_MS` for words that do not come, but is spoken to in English, and in their language once they do
 * come. Tested in `test/unit/embed_speech.test.ts`.
 */
import { type Choice, choose, ENGLISH, OTHERS } from '../words/languages';
import type { Catalogue } from '../words/words';
import { isLocale } from './protocol';

export interface Spoken extends Choice {
  words: Catalogue;
}

export const PATIENCE_MS = 4_000;

export class Speech {
  /** `null` until the first words are there that are not taken back at once. */
  spoken: Spoken | null = null;
  onchange: (spoken: Spoken | null) => void = () => {};

  private host: string | null = null;
  private tenant: string | null = null;
  private choice: Choice | null = null;
  private begun = false;
  private patience: ReturnType<typeof setTimeout> | undefined;
  private readonly known = new Map<string, Catalogue>([[ENGLISH, {}]]);

  constructor(
    private readonly browser: readonly string[],
    private readonly load: (language: string) => Promise<Catalogue> = async (language) => (await OTHERS[language]?.load())?.default ?? {},
  ) {}

  /** What is known of it now. `null` takes the page around's wish back; what is no locale is none. */
  hear({ host = this.host, tenant = this.tenant }: { host?: string | null; tenant?: string | null }): void {
    [this.host, this.tenant] = [isLocale(host) ? host : null, isLocale(tenant) ? tenant : null];
    const choice = choose(this.host, this.tenant, this.browser);
    if (choice.language === this.choice?.language && choice.locale === this.choice.locale) return;
    this.choice = choice;
    clearTimeout(this.patience);
    const words = this.known.get(choice.language);
    if (words) return this.speak(choice, words);
    // Words that are on the screen stay there until the others can take their place.
    if (!this.begun) this.tell(null);
    this.patience = setTimeout(() => this.choice === choice && !this.spoken && this.english(choice), PATIENCE_MS);
    this.load(choice.language).then(
      (found) => {
        this.known.set(choice.language, found);
        if (this.choice?.language === choice.language) this.speak(this.choice, found);
      },
      () => this.choice === choice && this.english(choice),
    );
  }

  /** The first words are on the screen. */
  begin(): void {
    this.begun = true;
  }

  /** The words did not come. Numbers stay as they are asked for. */
  private english(choice: Choice): void {
    this.speak({ language: ENGLISH, locale: choice.locale }, {});
  }

  private speak(choice: Choice, words: Catalogue): void {
    clearTimeout(this.patience);
    this.tell({ ...choice, words });
  }

  private tell(spoken: Spoken | null): void {
    if (spoken === null && this.spoken === null) return;
    this.spoken = spoken;
    this.onchange(spoken);
  }
}
