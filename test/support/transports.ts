/** The relay's transports, and the tests that hold for each of them. */
import { beforeEach, describe } from 'vitest';
import { chooseTransport } from '../../engine/transport/index.js';

export const TRANSPORT_NAMES = ['uws', 'ws'] as const;
export type TestedTransport = (typeof TRANSPORT_NAMES)[number];

const uwsFault = await chooseTransport('uws').then(
  () => undefined,
  (error: unknown) => (error instanceof Error ? error.message : String(error)),
);

/** Why tests over a transport cannot run here; undefined where they can. */
export function whyNot(name: TestedTransport): string | undefined {
  return name === 'uws' ? uwsFault : undefined;
}

/** The transports that run here. */
export const TRANSPORTS_HERE = TRANSPORT_NAMES.filter((name) => whyNot(name) === undefined);

/** A suite for each transport; the tests of one that does not load here are left out by name. */
export function describeOverTransports(title: string, suite: (name: TestedTransport) => void): void {
  for (const name of TRANSPORT_NAMES) {
    describe(`${title} ${name}`, () => {
      const why = whyNot(name);
      if (why !== undefined) beforeEach((context) => context.skip(why));
      suite(name);
    });
  }
}
