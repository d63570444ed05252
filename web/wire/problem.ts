/**
 * Refusals as values. Every way in which a request can fail ends here as one `ApiError` with a stable code, also
 * when the server does not answer at all (`network`) or something in between answers instead of it (`http.…`).
 * Tested in `test/unit/problem.test.ts`.
 */
import { NO_ANSWER, NOT_OURS } from './words';
import type { Problem } from './shapes';

export class ApiError extends Error {
  constructor(
    readonly problem: Problem,
    /** Seconds after which it makes sense to try again, when the server said so. */
    readonly retryAfter: number | null = null,
  ) {
    super(problem.detail ?? problem.title);
    this.name = 'ApiError';
  }
  get code(): string {
    return this.problem.code;
  }
  get status(): number {
    return this.problem.status;
  }
}

/** An entry may say a refusal in other words than the server does. */
let worded = (problem: Problem): Problem => problem;
export const wordedProblem = (problem: Problem): Problem => worded(problem);
export function useWording(wording: (problem: Problem) => Problem): void {
  worded = wording;
}

/** Reads a refusal; never throws itself. */
export async function refusal(response: Response): Promise<ApiError> {
  const after = retryAfter(response.headers.get('retry-after'));
  const type = response.headers.get('content-type') ?? '';
  if (/^application\/(problem\+)?json/.test(type)) {
    try {
      const body = (await response.json()) as Partial<Problem>;
      if (typeof body.code === 'string' && typeof body.title === 'string') {
        return new ApiError(worded({ ...body, code: body.code, title: body.title, status: response.status }), after);
      }
    } catch {
      /* cut off or not JSON: treated like any other answer that is not ours */
    }
  }
  return new ApiError(worded({ ...NOT_OURS, code: `http.${response.status}`, status: response.status }), after);
}

/** What was thrown, as an `ApiError`. An aborted request stays what it is and is thrown on. */
export function asApiError(thrown: unknown): ApiError {
  if (thrown instanceof ApiError) return thrown;
  if (isAbort(thrown)) throw thrown;
  return new ApiError(worded({ ...NO_ANSWER, code: 'network', status: 0 }));
}

export const isAbort = (thrown: unknown): boolean =>
  thrown instanceof DOMException && thrown.name === 'AbortError';

function retryAfter(header: string | null): number | null {
  if (!header) return null;
  const seconds = Number(header);
  return Number.isFinite(seconds) && seconds >= 0 ? seconds : null;
}

/**
 * The text for each form field, by its name in the form. `pointers` maps JSON pointers to field names
 * (`{"/owner/email": "email"}`); what it does not name is matched by its last segment.
 */
export function fieldErrors(problem: Problem, pointers: Record<string, string> = {}): Record<string, string> {
  const found: Record<string, string> = {};
  for (const error of problem.errors ?? []) {
    const name = pointers[error.pointer] ?? error.pointer.split('/').pop() ?? '';
    if (name !== '' && !(name in found)) found[name] = error.detail ?? problem.detail ?? problem.title;
  }
  return found;
}

/** The sentence to show when there is one line for everything. */
export const sentence = (problem: Problem): string => problem.detail || `${problem.title}.`;
