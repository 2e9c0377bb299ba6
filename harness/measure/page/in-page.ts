/**
 * What runs in the page for the laboratory. Each function is sent there as text, so it knows nothing but its argument and
 * the page.
 */
import type { LabAction, LabDoor, LabTaken } from '../../console/session/lab-api.js';

/** The part of `window.sightline` that the laboratory uses. */
interface Page {
  readonly lab: LabDoor;
  pictureHash(): Promise<{ sha256: string; frame: number }>;
}
declare const sightline: Page;

/** An action without the time at which it is done. */
export type Untimed<A = LabAction> = A extends { readonly at: number } ? Omit<A, 'at'> : never;

export interface PagePlan {
  readonly rate: number;
  /** Microseconds. */
  readonly duration: number;
  /** What is done at each time; the first of each is what is measured. */
  readonly events: readonly (readonly Untimed[])[];
  /** How late a timer may come by itself, microseconds. */
  readonly resolution: number;
}

/** Does everything at its time, on the page's clock: nothing between laboratory and page counts. */
export function performInPage({ rate, duration, events, resolution }: PagePlan): Promise<void> {
  const now = (): number => (performance.timeOrigin + performance.now()) * 1000;
  const start = now();
  return new Promise((resolve) => {
    let index = 0;
    const next = (): void => {
      for (; index < events.length; index++) {
        const due = start + (index * 1e6) / rate;
        const late = now() - due;
        if (late < 0) {
          setTimeout(next, -late / 1000);
          return;
        }
        const at = late > resolution ? due : now();
        for (const action of events[index]!) sightline.lab.send({ ...action, at } as LabAction);
      }
      setTimeout(resolve, (start + duration - now()) / 1000);
    };
    next();
  });
}

export function watchPage(): void {
  sightline.lab.watch();
}

export function takeFromPage(): LabTaken {
  return sightline.lab.take();
}

export function sendInPage(action: LabAction): void {
  sightline.lab.send(action);
}

export function hashInPage(): Promise<{ sha256: string; frame: number }> {
  return sightline.pictureHash();
}
