/**
 * Follows an operation while it runs: live through server-sent events, and by asking once a second where those do
 * not get through. What always holds: the callback sees the ended operation exactly once, unless it is stopped.
 */
import { client, operationEventsUrl } from './console';
import { CONSOLE_API } from '../paths';
import type { Operation } from '../../wire/shapes';

const ENDED: ReadonlySet<string> = new Set(['succeeded', 'failed', 'cancelled', 'stuck']);

export const hasEnded = (operation: Operation): boolean => ENDED.has(operation.status);

const ASK_MS = 1_000;

/** Returns the function that stops following. */
export function follow(id: string, update: (operation: Operation) => void): () => void {
  let stopped = false;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const see = (operation: Operation) => {
    if (stopped) return;
    update(operation);
    if (hasEnded(operation)) stop();
  };
  const ask = async () => {
    try {
      see(await client.get<Operation>(CONSOLE_API.operation(id)));
    } catch {
      /* the next round tries again */
    }
    if (!stopped) timer = setTimeout(() => void ask(), ASK_MS);
  };

  const events = new EventSource(operationEventsUrl(id));
  events.addEventListener('progress', (event: MessageEvent<string>) => see(JSON.parse(event.data) as Operation));
  events.onerror = () => {
    // The stream also ends when the operation has: ask instead of letting the browser connect again.
    events.close();
    if (!stopped) void ask();
  };

  function stop() {
    stopped = true;
    clearTimeout(timer);
    events.close();
  }
  return stop;
}
