/** `<InsulaDashboard>` for Vue: the element, with properties and events as Vue has them. */
import { defineComponent, h, onMounted, type PropType, ref, watch } from 'vue';
import { type InsulaDashboardElement, loadElement, type Theme } from './element.js';
import type { Filter, Range } from './mint.js';

/** Without Vue's wrappers, which no message between windows can carry. */
const plain = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T;

export const InsulaDashboard = defineComponent({
  name: 'InsulaDashboard',
  props: {
    /** The `url` that `mint` gave. */
    src: { type: String, required: true },
    /** Your endpoint that answers `{ "token": "…" }` to a POST. */
    tokenUrl: String,
    /** Or a function that gets one. */
    getToken: Function as PropType<() => Promise<string>>,
    theme: String as PropType<Theme>,
    locale: String,
    filters: Array as PropType<Filter[]>,
    range: Object as PropType<Range | null>,
    /** Says below the dashboard what is wrong, for you. */
    debug: Boolean,
    /** Loads at once, even far below what can be seen. */
    eager: Boolean,
    title: String,
  },
  emits: {
    loaded: () => true,
    error: (error: { code: string; title: string }) => typeof error.code === 'string',
    filter: (filters: Filter[]) => Array.isArray(filters),
  },
  setup(props, { emit }) {
    const at = ref<InsulaDashboardElement>();

    // Properties of the element count once there is one; before that they are only remembered by Vue.
    const ready = ref(false);
    const told = <T>(of: () => T, tell: (element: InsulaDashboardElement, value: T) => void) =>
      watch([ready, of], () => ready.value && at.value && tell(at.value, of()), { deep: true });
    told(() => props.filters, (element, filters) => filters && (element.filters = plain(filters)));
    told(() => props.range, (element, range) => range !== undefined && (element.range = plain(range)));

    onMounted(() => {
      if (at.value) at.value.getToken = props.getToken && (() => props.getToken?.() ?? Promise.reject(new Error('There is no getToken any more.')));
      loadElement(props.src).catch((error: Error) => emit('error', { code: 'embed.host', title: error.message }));
      void customElements.whenDefined('insula-dashboard').then(() => (ready.value = true));
    });

    return () =>
      h('insula-dashboard', {
        ref: at,
        src: props.src,
        'token-url': props.tokenUrl,
        theme: props.theme,
        locale: props.locale,
        debug: props.debug ? '' : null,
        lazy: props.eager ? 'false' : null,
        title: props.title,
        'onInsula:loaded': () => emit('loaded'),
        'onInsula:error': (event: CustomEvent<{ code: string; title: string }>) => emit('error', event.detail),
        'onInsula:filter': (event: CustomEvent<{ filters: Filter[] }>) => emit('filter', event.detail.filters),
      });
  },
});
