/**
 * Puts a brand onto the page while it is open: the same variables that the server writes into the first bytes,
 * title and favicon included. Set through the CSSOM, which a strict content security policy allows.
 */
import type { Branding } from '../wire/shapes';
import { normalHex } from './contrast';

/** The variables of a brand; `null` takes one away. */
export function brandVariables(branding: Partial<Branding> | null): Record<string, string | null> {
  return {
    '--brand': (branding?.accent && normalHex(branding.accent)) || null,
    '--brand-dark': (branding?.accent_dark && normalHex(branding.accent_dark)) || null,
    '--brand-radius': branding?.radius === null || branding?.radius === undefined ? null : `${branding.radius}px`,
  };
}

export function applyBrand(branding: Branding | null, root: HTMLElement = document.documentElement): void {
  for (const [name, value] of Object.entries(brandVariables(branding))) {
    if (value === null) root.style.removeProperty(name);
    else root.style.setProperty(name, value);
  }
  if (branding?.favicon_url) {
    const icon = document.querySelector<HTMLLinkElement>('link[rel~="icon"]') ?? addIcon();
    if (icon.getAttribute('href') !== branding.favicon_url) icon.setAttribute('href', branding.favicon_url);
  }
}

function addIcon(): HTMLLinkElement {
  const icon = document.createElement('link');
  icon.rel = 'icon';
  document.head.append(icon);
  return icon;
}
