import { describe, expect, it } from 'vitest';
import { AccessLine, Computer, VirtualClock, VirtualNetwork } from '../../engine/index.js';
import { parseLink } from '../../engine/link-model/index.js';

const work = (pixels: number) => ({ kind: 'encode', pixels, bytes: 0 }) as const;

function computerAt(clock: VirtualClock): Computer {
  return new Computer(clock, ({ pixels }) => pixels);
}

describe('a computer in virtual time', () => {
  it('takes time for its work, and sees it on its own clock', async () => {
    const clock = new VirtualClock(0);
    const computer = computerAt(clock);
    const seen: string[] = [];
    computer.after(100, () => {
      seen.push(`a ${computer.now()}`);
      computer.spend(work(50));
      seen.push(`a ${computer.now()}`);
    });
    computer.after(120, () => seen.push(`b ${computer.now()}`));
    computer.after(150, () => seen.push(`c ${computer.now()}`));
    await clock.advance(1000);
    expect(seen).toEqual(['a 100', 'a 150', 'b 150', 'c 150']);
    expect(computer.worked).toBe(50);
  });

  it('keeps the order of what waits, also when that works', async () => {
    const clock = new VirtualClock(0);
    const computer = computerAt(clock);
    const seen: string[] = [];
    for (const name of ['a', 'b', 'c', 'd']) {
      computer.after(10, () => {
        seen.push(`${name} ${computer.now()}`);
        computer.spend(work(30));
      });
    }
    // Due at the very moment that the first is done, and made before.
    clock.after(40, () => computer.enter(() => seen.push(`e ${computer.now()}`)));
    await clock.advance(1000);
    expect(seen).toEqual(['a 10', 'b 40', 'c 70', 'd 100', 'e 130']);
  });

  it('runs no timer that was cancelled while it waited', async () => {
    const clock = new VirtualClock(0);
    const computer = computerAt(clock);
    const cancel = computer.after(20, () => expect.unreachable());
    computer.after(10, () => computer.spend(work(100)));
    clock.after(50, cancel);
    await clock.advance(1000);
    expect(computer.now()).toBe(1000);
  });
});

describe('a network in virtual time', () => {
  it('sends when the work before is done, and arrives over both lines', async () => {
    const clock = new VirtualClock(0);
    const relay = computerAt(clock);
    const caller = computerAt(clock);
    const seen: string[] = [];
    const network = new VirtualNetwork(clock, {
      computer: relay,
      accept: (link) => {
        link.onMessage = (message) => {
          seen.push(`relay ${relay.now()}`);
          relay.spend(work(500));
          link.send(message);
        };
        link.onClose = (code) => seen.push(`closed ${code}`);
      },
    });
    const line = new AccessLine(parseLink('delay=10ms,down.delay=5ms'), clock, 1);
    const link = await clock.untilSettled(network.dial(caller, line)());
    expect(clock.now()).toBe(30_000);
    link.onMessage = () => seen.push(`caller ${caller.now()}`);
    caller.spend(work(1000));
    link.send(Uint8Array.of(1));
    await clock.advance(100_000);
    link.close(1000, 'enough');
    link.send(Uint8Array.of(2));
    await clock.advance(100_000);
    expect(seen).toEqual(['relay 41000', 'caller 46500', 'closed 1000']);
  });

  it('breaks connections on both sides, and what is under way is lost', async () => {
    const clock = new VirtualClock(0);
    const seen: string[] = [];
    const network = new VirtualNetwork(clock, {
      computer: new Computer(clock),
      accept: (link) => {
        link.onMessage = () => expect.unreachable();
        link.onClose = (code) => seen.push(`relay ${code}`);
      },
    });
    const line = new AccessLine(parseLink('rate=1mbit,delay=10ms'), clock, 1);
    const link = await clock.untilSettled(network.dial(new Computer(clock), line)());
    link.onClose = (code) => seen.push(`caller ${code}`);
    link.send(new Uint8Array(5000));
    expect(link.bufferedBytes).toBe(0);
    network.cutAll();
    await clock.advance(1_000_000);
    expect(seen).toEqual(['caller 1006', 'relay 1006']);
  });
});
