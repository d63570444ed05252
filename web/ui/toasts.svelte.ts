/** Short messages at the edge of the window. They say what happened; they never ask. */
export interface Toast {
  id: number;
  kind: 'done' | 'failed';
  text: string;
}

const SHOWN_MS = 5_000;

class Toasts {
  list = $state.raw<Toast[]>([]);
  private next = 1;

  done(text: string): void {
    this.add('done', text);
  }
  failed(text: string): void {
    this.add('failed', text);
  }
  dismiss(id: number): void {
    this.list = this.list.filter((t) => t.id !== id);
  }
  private add(kind: Toast['kind'], text: string): void {
    const id = this.next++;
    this.list = [...this.list.slice(-2), { id, kind, text }];
    setTimeout(() => this.dismiss(id), kind === 'failed' ? SHOWN_MS * 2 : SHOWN_MS);
  }
}

export const toasts = new Toasts();
