/** A laptop that sleeps: its timers stand still, its links are gone, and the relay has long given it up. */
import { expect, it } from 'vitest';
import type { Clock, Micros } from '../../engine/clock.js';
import { Stage } from '../support/stage.js';

const HOUR: Micros = 3_600_000_000;

/** The clock of a machine that can be put to sleep; what was due meanwhile runs when it wakes. */
class Laptop implements Clock {
  readonly #clock: Clock;
  readonly #standsStill: boolean;
  #asleepSince: Micros | undefined;
  #slept: Micros = 0;
  #due: (() => void)[] = [];

  /** @param standsStill Whether its monotonic clock stands still while it sleeps, as Linux's does. */
  constructor(clock: Clock, standsStill: boolean) {
    this.#clock = clock;
    this.#standsStill = standsStill;
  }

  now(): Micros {
    return this.#clock.now() - (this.#standsStill ? this.#slept : 0);
  }

  wall(): Micros {
    return this.#clock.now();
  }

  after(delay: Micros, run: () => void): () => void {
    let isCancelled = false;
    const cancel = this.#clock.after(delay, () => {
      const fire = () => {
        if (!isCancelled) run();
      };
      if (this.#asleepSince === undefined) fire();
      else this.#due.push(fire);
    });
    return () => {
      isCancelled = true;
      cancel();
    };
  }

  sleep(): void {
    this.#asleepSince = this.#clock.now();
  }

  wake(): void {
    this.#slept += this.#clock.now() - this.#asleepSince!;
    this.#asleepSince = undefined;
    for (const fire of this.#due.splice(0)) fire();
  }
}

it.each([true, false])('is back within 3 s of waking (its clock stood still: %s)', async (standsStill) => {
  const stage = await Stage.open();
  const { clock, network, source } = stage;
  const laptop = new Laptop(clock, standsStill);
  const viewer = stage.join('high', {}, { clock: laptop });
  await stage.settle();
  await clock.advance(5_000_000);
  for (const link of network.links.slice(1)) link.freeze();
  laptop.sleep();
  await clock.advance(HOUR);
  expect(stage.relay.snapshot().sessions[0]!.viewers).toEqual([]);
  expect(viewer.session.state.connection.kind).toBe('joined');
  source.text({ x: 0, y: 0, width: 320, height: 20 }, 3);
  laptop.wake();
  await clock.advance(3_000_000);
  expect(viewer.session.state).toMatchObject({ connection: { kind: 'joined' }, link: 'alive', lane: true });
  expect(viewer.session.statistics().connections).toBe(2);
  await stage.settle();
  stage.expectNoFaults();
  await stage.close();
});

it('asks at once when it is told to look, and stays when its links live', async () => {
  const stage = await Stage.open();
  const viewer = stage.join('high');
  await stage.settle();
  await stage.clock.advance(1_000_000);
  for (let n = 0; n < 5; n++) {
    viewer.session.lookNow();
    stage.host.lookNow();
    await stage.clock.advance(700_000);
  }
  expect(viewer.session.statistics().connections).toBe(1);
  expect(stage.host.stats().reconnects).toBe(0);
  // A link that is dead is found in two seconds, and another dialled.
  for (const link of stage.network.links) link.freeze();
  viewer.session.lookNow();
  stage.host.lookNow();
  await stage.clock.advance(3_000_000);
  expect(viewer.session.statistics().connections).toBe(2);
  expect(stage.host.stats().reconnects).toBe(1);
  await stage.settle();
  await stage.close();
});

it('does not wait any longer for its next attempt when it is told to look', async () => {
  const stage = await Stage.open();
  const viewer = stage.join('high');
  await stage.settle();
  const { accept } = stage.network;
  stage.network.accept = undefined;
  stage.network.cutAll();
  await stage.clock.advance(20_000_000);
  expect(viewer.session.state.connection.kind).toBe('waiting');
  stage.network.accept = accept;
  stage.host.lookNow();
  await stage.clock.advance(50_000);
  viewer.session.lookNow();
  await stage.clock.advance(50_000);
  expect([stage.host.state.kind, viewer.session.state.connection.kind]).toEqual(['connected', 'joined']);
  await stage.close();
});
