/** An answer that is not there yet: it is waited for as long as its client does, and no longer than its time. */
import type { Clock, Micros } from '../clock.js';
import type { HttpReply } from './http-request.js';

/** What handlers may take: longer than anything that they wait for themselves. */
export const ANSWER_TIMEOUT: Micros = 30_000_000;

/**
 * Calls `send` with the answer, or with a 503 when it is late; not at all once the signal is aborted. A promise that
 * rejects is a fault of its maker's, who should have answered: it becomes a 500.
 */
export function answerLate(
  answer: Promise<HttpReply>,
  signal: AbortSignal,
  clock: Clock,
  headers: Readonly<Record<string, string>>,
  send: (reply: HttpReply) => void,
): void {
  let isOpen = true;
  const settle = (reply: HttpReply): void => {
    if (!isOpen) return;
    isOpen = false;
    cancel();
    if (!signal.aborted) send(reply);
  };
  const cancel = clock.after(ANSWER_TIMEOUT, () =>
    settle({ status: 503, headers, body: 'The answer takes too long.\n' }),
  );
  signal.addEventListener('abort', () => {
    isOpen = false;
    cancel();
  });
  answer.then(settle, (fault: unknown) => {
    console.error('relay:', fault);
    settle({ status: 500, headers, body: 'The relay has failed to answer.\n' });
  });
}
