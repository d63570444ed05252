/**
 * Sets the chosen colour scheme before anything is painted. A classic script of its own (see
 * `scripts/scheme_script.ts`); `theme/scheme.svelte.ts` changes the choice later under the same key.
 */
(function () {
  try {
    var choice = localStorage.getItem('insula.scheme');
    if (choice === 'light' || choice === 'dark') document.documentElement.dataset.scheme = choice;
  } catch {
    /* no storage: the system's scheme it is */
  }
})();
