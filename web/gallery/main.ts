/** The gallery: every widget in every state, for those who draw and those who look. Not a part of the product. */
import '../theme/tokens.css';
import '../theme/base.css';
import { mount } from 'svelte';
import { useLocale } from '../format/number';
import { known, OTHERS } from '../words/languages';
import { useWords } from '../words/words';
import Gallery from './Gallery.svelte';

/** `&locale=de` in the address shows how it looks to people who speak that. */
const locale = new URLSearchParams(location.search).get('locale');
const language = locale && known(locale);
if (locale && language) {
  useWords(language, (await OTHERS[language]?.load())?.default);
  useLocale(locale);
  document.documentElement.lang = language;
}

const target = document.getElementById('gallery');
if (target) mount(Gallery, { target });
