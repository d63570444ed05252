/**
 * The app's keys. One listener; a letter after `g` goes somewhere. Nothing fires while something is typed or a
 * dialog is open, except the palette's own key. Tested in `test/browser/keyboard.test.ts`.
 */
export interface Keys {
  palette: () => void;
  help: () => void;
  search: () => void;
  go: Record<string, () => void>;
}

const G_MS = 1_200;

/** Listens until the returned function is called. */
export function listen(keys: Keys): () => void {
  let afterG = 0;
  const pressed = (event: KeyboardEvent) => {
    if (event.defaultPrevented || event.isComposing) return;
    if ((event.metaKey || event.ctrlKey) && !event.altKey && event.key.toLowerCase() === 'k') {
      event.preventDefault();
      keys.palette();
      return;
    }
    if (event.metaKey || event.ctrlKey || event.altKey || typing(event.target) || document.querySelector('dialog[open]')) return;
    const now = performance.now();
    const go = now - afterG < G_MS ? keys.go[event.key.toLowerCase()] : undefined;
    afterG = event.key === 'g' ? now : 0;
    const does = go ?? (event.key === '?' ? keys.help : event.key === '/' ? keys.search : undefined);
    if (!does) return;
    event.preventDefault();
    does();
  };
  addEventListener('keydown', pressed);
  return () => removeEventListener('keydown', pressed);
}

const typing = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && (target.isContentEditable || /^(input|textarea|select)$/i.test(target.tagName));

/** As printed on this machine's keyboard. */
export const MOD = typeof navigator !== 'undefined' && /mac|iphone|ipad/i.test(navigator.userAgent) ? '⌘' : 'Ctrl';
