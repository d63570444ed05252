/** The gallery: every widget in every state, for those who draw and those who look. Not a part of the product. */
import '../theme/tokens.css';
import '../theme/base.css';
import { mount } from 'svelte';
import Gallery from './Gallery.svelte';

const target = document.getElementById('gallery');
if (target) mount(Gallery, { target });
