/**
 * `<insula-dashboard>`: frames one dashboard, gives it tokens, keeps it as high as it wants to be. Written by hand and
 * small (the build minifies it and holds the budget): it is the only code of ours that runs inside other people's pages.
 * What always holds: it listens to its own frame at its own origin alone, and a token goes to nobody else and into no
 * address. Its attributes, properties and events are described by the types in `sdk/`. Tested in
 * `test/browser/embed.test.ts`.
 */
const SILENT_MS = 5e3;

customElements.define(
  'insula-dashboard',
  class extends HTMLElement {
    static observedAttributes = ['src', 'token', 'theme', 'locale'];

    connectedCallback() {
      this.style.display ||= 'block';
      addEventListener('message', this);
      this.load();
    }

    disconnectedCallback() {
      removeEventListener('message', this);
      this.replaceChildren();
      this.ready = 0;
    }

    attributeChangedCallback(name, _, value) {
      if (name == 'src') this.load();
      else if (name == 'token') this.token = value;
      else this.say(name, name == 'theme' ? { scheme: value || 'auto' } : { locale: value });
    }

    // What is set before the frame is ready is said once it is.
    set token(token) {
      this.say('token', (this.own = { token }));
    }
    set filters(filters) {
      this.say('filters', (this.narrowed = { filters }));
    }
    set range(range) {
      this.say('range', (this.ranged = { range }));
    }

    load() {
      const src = this.getAttribute('src');
      if (!this.isConnected || !src) return;
      const url = new URL(src, location);
      url.hash = `theme=${this.getAttribute('theme') || 'auto'}&locale=${this.getAttribute('locale') || ''}${this.hasAttribute('debug') ? '&debug' : ''}`;
      const frame = document.createElement('iframe');
      this.frame = frame;
      this.origin = url.origin;
      this.ready = 0;
      frame.src = url;
      frame.title = this.title || 'Dashboard';
      frame.loading = this.getAttribute('lazy') == 'false' ? 'eager' : 'lazy';
      frame.style.cssText = 'display:block;width:100%;height:320px;border:0';
      // A page that may not be framed here loads as well, but it stays silent.
      frame.onload = () =>
        setTimeout(() => {
          if (!this.isConnected || this.frame != frame || this.ready) return;
          const title = `Not framed: does the workspace allow ${location.origin}?`;
          this.tell('error', { code: 'embed.frame', title });
          if (this.hasAttribute('debug')) this.append(title);
        }, SILENT_MS);
      this.replaceChildren(frame);
    }

    say(type, more) {
      if (this.ready && more) this.frame.contentWindow.postMessage({ insula: 1, type, ...more }, this.origin);
    }

    tell(type, detail) {
      this.dispatchEvent(new CustomEvent('insula:' + type, { detail }));
    }

    async give() {
      try {
        const url = this.getAttribute('token-url');
        this.say(
          'token',
          this.getToken
            ? { token: await this.getToken() }
            : url
              ? await (await fetch(url, { method: 'POST', credentials: 'include' })).json()
              : this.own,
        );
      } catch (error) {
        this.tell('error', { code: 'embed.host', title: `${error}` });
      }
    }

    handleEvent({ data, source, origin }) {
      if (!this.frame || source != this.frame.contentWindow || origin != this.origin || data?.insula != 1) return;
      const { type } = data;
      if (type == 'resize') this.frame.style.height = data.height + 'px';
      else if (type == 'ready' || type == 'expiring') {
        this.ready = 1;
        if (type == 'ready') {
          for (const name of ['theme', 'locale']) this.attributeChangedCallback(name, 0, this.getAttribute(name));
          this.say('filters', this.narrowed);
          this.say('range', this.ranged);
        }
        this.give();
      } else this.tell(type, data);
    }
  },
);
