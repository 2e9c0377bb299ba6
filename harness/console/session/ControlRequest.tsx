/** Tells who controls that somebody else waits for it, and lets them hand it over or keep it. */
import { useEffect, useState } from 'preact/hooks';
import { ring } from './bell.js';
import type { Controller } from './controller.js';
import { askersOf, type ConsoleState } from './state.js';

export interface ControlRequestProps {
  readonly controller: Controller;
  readonly state: ConsoleState;
}

export function ControlRequest({ controller, state }: ControlRequestProps) {
  const { say } = controller;
  /** Whose request was answered with "keep": each is asked about once for every time that it begins to wait. */
  const [kept, setKept] = useState<readonly number[]>([]);
  const askers = askersOf(state);
  const waiting = askers.map((one) => one.viewer).join();
  useEffect(() => {
    setKept((before) => before.filter((viewer) => askers.some((one) => one.viewer === viewer)));
  }, [waiting]);
  const asker = askers.find((one) => !kept.includes(one.viewer));
  const viewer = asker?.viewer;
  useEffect(() => {
    if (viewer !== undefined) ring();
  }, [viewer]);
  if (asker === undefined) return null;
  return (
    <section class="request" id="control-request" aria-label={say('request.label')}>
      <p role="status">{say('request.asks', { name: asker.name })}</p>
      <button
        type="button"
        class="button main"
        id="hand-over"
        onClick={() => controller.handOver(asker.viewer)}
      >
        {say('request.hand-over')}
      </button>
      <button
        type="button"
        class="button"
        id="keep-control"
        onClick={() => setKept((before) => [...before, asker.viewer])}
      >
        {say('request.keep')}
      </button>
    </section>
  );
}
