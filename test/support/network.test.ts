import { describe, expect, it } from 'vitest';
import { FakeClock } from './clock.js';
import { VirtualNetwork, virtualPair } from './network.js';

describe('the fake clock', () => {
  it('runs timers by time, then by the order of their making, and lets promises settle between', async () => {
    const clock = new FakeClock(0);
    const seen: string[] = [];
    clock.after(20, () => seen.push(`c@${clock.now()}`));
    clock.after(10, () => {
      seen.push(`a@${clock.now()}`);
      void Promise.resolve().then(() => seen.push('promise'));
    });
    clock.after(10, () => seen.push(`b@${clock.now()}`));
    const cancel = clock.after(15, () => seen.push('cancelled'));
    cancel();
    await clock.advance(30);
    expect(seen).toEqual(['a@10', 'promise', 'b@10', 'c@20']);
    expect(clock.now()).toBe(30);
    expect(clock.pending).toBe(0);
    cancel();
    expect(clock.pending).toBe(0);
  });

  it('says when what a test waits for does not come', async () => {
    const clock = new FakeClock(0);
    await expect(clock.advanceUntil(() => false)).rejects.toThrow('nothing is left to happen');
    let hit = false;
    clock.after(5_000, () => {
      hit = true;
    });
    expect(await clock.advanceUntil(() => hit)).toBe(5_000);
  });
});

describe('the virtual network', () => {
  it('serialises messages first in, first out, at the rate of their direction', async () => {
    const clock = new FakeClock(0);
    const [near, far] = virtualPair(clock, { delay: 1_000, forward: { bytesPerSecond: 1_000_000 } });
    const arrived: [number, number][] = [];
    far.onMessage = (message) => arrived.push([message[0] ?? -1, clock.now()]);
    near.onMessage = (message) => arrived.push([message[0] ?? -1, clock.now()]);
    near.send(new Uint8Array(500).fill(1));
    near.send(new Uint8Array(500).fill(2));
    far.send(Uint8Array.of(9));
    expect(near.bufferedBytes).toBe(1_000);
    expect(far.bufferedBytes).toBe(0);
    await clock.advance(600);
    expect(near.bufferedBytes).toBe(400);
    await clock.advance(10_000);
    expect(arrived).toEqual([
      [9, 1_000],
      [1, 1_500],
      [2, 2_000],
    ]);
    expect(near.maxBufferedBytes).toBe(1_000);
  });

  it('closes after what was sent, and loses what is under way when cut', async () => {
    const clock = new FakeClock(0);
    const seen: string[] = [];
    const network = new VirtualNetwork(clock, (link) => {
      link.onMessage = (message) => seen.push(`message ${message[0]}`);
      link.onClose = (code) => seen.push(`far closed ${code}`);
    });
    const dialled = network.dial({ delay: 100 })();
    await clock.advance(200);
    const near = await dialled;
    near.onClose = (code) => seen.push(`near closed ${code}`);
    near.send(Uint8Array.of(7));
    near.close(4400, 'enough');
    near.send(Uint8Array.of(8));
    await clock.advance(1_000);
    expect(seen).toEqual(['near closed 4400', 'message 7', 'far closed 4400']);

    seen.length = 0;
    const again = network.dial()();
    await clock.advance(0);
    const other = await again;
    other.onClose = (code) => seen.push(`near closed ${code}`);
    other.send(Uint8Array.of(1));
    network.cutAll();
    await clock.advance(1_000);
    expect(seen).toEqual(['near closed 1006', 'far closed 1006']);

    network.accept = undefined;
    const refused = network.dial()();
    refused.catch(() => {});
    await clock.advance(1_000);
    await expect(refused).rejects.toMatchObject({ code: 'closed' });
  });

  it('overwrites a message after its handler where asked to', async () => {
    const clock = new FakeClock(0);
    const [near, far] = virtualPair(clock, { poison: true });
    let kept: Uint8Array | undefined;
    far.onMessage = (message) => {
      kept = message;
    };
    const sent = Uint8Array.of(1, 2, 3);
    near.send(sent);
    await clock.advance(0);
    expect([...(kept ?? [])]).toEqual([0xdd, 0xdd, 0xdd]);
    expect([...sent]).toEqual([1, 2, 3]);
  });
});
