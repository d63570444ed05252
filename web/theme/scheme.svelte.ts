/** The chosen colour scheme: the system's, or light or dark for this browser. `scheme.js` reads it before paint. */
export type Scheme = 'system' | 'light' | 'dark';
const KEY = 'insula.scheme';

class SchemeChoice {
  choice = $state<Scheme>(stored());

  choose(scheme: Scheme): void {
    this.choice = scheme;
    const root = document.documentElement;
    if (scheme === 'system') delete root.dataset.scheme;
    else root.dataset.scheme = scheme;
    try {
      if (scheme === 'system') localStorage.removeItem(KEY);
      else localStorage.setItem(KEY, scheme);
    } catch {
      /* no storage: it holds for this page */
    }
  }
}

function stored(): Scheme {
  try {
    const choice = localStorage.getItem(KEY);
    return choice === 'light' || choice === 'dark' ? choice : 'system';
  } catch {
    return 'system';
  }
}

export const scheme = new SchemeChoice();
