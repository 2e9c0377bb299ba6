/** When a link is taken for quiet, dead, busy or alive. */
import { describe, expect, it } from 'vitest';
import { CloseCode, isBeat } from '../../engine/protocol/index.js';
import { LiveLink, type LiveLinkOptions } from '../../engine/transport/live-link.js';
import { FakeClock } from '../support/clock.js';
import { type NetworkOptions, type VirtualLink, virtualPair } from '../support/network.js';

class End {
  readonly live: LiveLink;
  readonly heard: Uint8Array[] = [];
  closed: number | undefined;
  quiet = false;
  wakes = 0;

  constructor(link: VirtualLink, clock: LiveLinkOptions['clock']) {
    this.live = new LiveLink(link, {
      clock,
      onQuiet: (quiet) => {
        this.quiet = quiet;
      },
      onWake: () => {
        this.wakes++;
      },
    });
    this.live.onMessage = (message) => this.heard.push(message);
    this.live.onClose = (code) => {
      this.closed = code;
    };
  }
}

/** A clock whose machine can be put to sleep: its timers come late, and only the time of day has gone on. */
class SleepyClock extends FakeClock {
  slept = 0;
  wall(): number {
    return this.now() + this.slept;
  }
}

function open(network: NetworkOptions = {}) {
  const clock = new SleepyClock();
  const [first, second] = virtualPair(clock, { delay: 20_000, ...network });
  return { clock, line: first, farLine: second, near: new End(first, clock), far: new End(second, clock) };
}

describe('a link that is watched', () => {
  it('stays for as long as both ends are there, and shows nothing of its beats', () => {
    const { clock, near, far, line } = open();
    near.live.send(Uint8Array.of(1, 2, 3));
    clock.advanceNow(3_600_000_000);
    expect([near.closed, far.closed, near.quiet, far.quiet]).toEqual([undefined, undefined, false, false]);
    expect(far.heard).toEqual([Uint8Array.of(1, 2, 3)]);
    expect(near.heard).toEqual([]);
    // An hour of silence costs 1,800 beats of 12 bytes each way.
    expect(line.sentBytes).toBeLessThan(22_000);
  });

  it('is closed by a beat that cannot be sent, and harms nobody else', () => {
    const { clock, near, line } = open();
    line.send = () => {
      throw new Error('broken');
    };
    clock.advanceNow(3_000_000);
    expect(near.closed).toBe(CloseCode.Timeout);
  });

  it.each(['both', 'from', 'to'] as const)(
    'is quiet within 5 s and closed within 16 s when frozen (%s)',
    (way) => {
      const { clock, near, far, line } = open();
      clock.advanceNow(7_300_000);
      line.freeze(way);
      clock.advanceNow(5_000_000);
      expect(near.quiet).toBe(way !== 'from');
      expect(far.quiet).toBe(way !== 'to');
      clock.advanceNow(11_000_000);
      // Where one direction lives, the close of the end that hears nothing comes by it.
      expect([near.closed, far.closed]).toEqual([CloseCode.Timeout, CloseCode.Timeout]);
      expect(clock.pending).toBe(0);
    },
  );

  it('is heard again when it thaws in time', () => {
    const { clock, near, far, line } = open();
    line.freeze();
    clock.advanceNow(14_000_000);
    expect([near.quiet, far.quiet]).toEqual([true, true]);
    line.thaw();
    clock.advanceNow(2_100_000);
    expect([near.quiet, far.quiet]).toEqual([false, false]);
    clock.advanceNow(60_000_000);
    expect([near.closed, far.closed]).toEqual([undefined, undefined]);
  });

  it('answers when it is asked, and is closed within two seconds when it does not', () => {
    const { clock, near, line } = open();
    near.live.ask();
    clock.advanceNow(3_000_000);
    expect(near.closed).toBeUndefined();
    line.freeze();
    near.live.ask();
    clock.advanceNow(2_000_000);
    expect(near.closed).toBe(CloseCode.Timeout);
  });

  it('does not answer a flood of questions', () => {
    const { clock, near, far, line } = open();
    let answers = 0;
    const [raw, other] = virtualPair(clock, {});
    const asked = new End(other, clock);
    raw.onMessage = (message) => {
      if (isBeat(message)) answers++;
    };
    const question = Uint8Array.of(5, 3, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0);
    for (let n = 0; n < 1000; n++) raw.send(question.slice());
    clock.advanceNow(100_000);
    expect(answers).toBeLessThanOrEqual(10);
    expect(asked.closed).toBeUndefined();
    expect([near.closed, far.closed, line.closed]).toEqual([undefined, undefined, false]);
  });

  it('says that the machine has slept, and does not count the sleep as silence', () => {
    const { clock, near } = open();
    clock.advanceNow(1_000_000);
    clock.slept = 3_600_000_000;
    clock.advanceNow(500_000);
    expect(near.wakes).toBe(1);
    expect(near.closed).toBeUndefined();
    clock.advanceNow(60_000_000);
    expect(near.wakes).toBe(1);
  });
});

describe('a busy link', () => {
  const SLICE = 100_000;
  const modem = { bytesPerSecond: 4_000, delay: 50_000 };

  it('is neither quiet nor dead while a long message crosses a slow line', () => {
    const { clock, near, far } = open({ backward: modem });
    let wasQuiet = false;
    for (let slice = 0; slice < 4; slice++) far.live.send(new Uint8Array(SLICE));
    for (let second = 0; second < 101; second++) {
      clock.advanceNow(1_000_000);
      wasQuiet ||= near.quiet || far.quiet;
    }
    expect(near.heard).toHaveLength(4);
    expect(wasQuiet).toBe(false);
    expect([near.closed, far.closed]).toEqual([undefined, undefined]);
  });

  it('is found dead in the middle of a message that takes much longer than those before it', () => {
    const { clock, near, far, line } = open({ backward: modem });
    far.live.send(new Uint8Array(SLICE));
    clock.advanceNow(30_000_000);
    far.live.send(new Uint8Array(SLICE));
    clock.advanceNow(10_000_000);
    line.freeze();
    clock.advanceNow(40_000_000 + 16_000_000);
    expect(near.closed).toBe(CloseCode.Timeout);
  });

  it('announces nothing on a fast line', () => {
    const { clock, near, far, farLine } = open();
    const messages = 3_000;
    // A film: 60 messages of 20 kB in a second.
    for (let n = 0; n < messages; n++) {
      far.live.send(new Uint8Array(20_000));
      clock.advanceNow(1_000_000 / 60);
    }
    expect(near.heard.length).toBeGreaterThan(messages - 5);
    // A beat in two seconds, and no announcement.
    expect(farLine.sentMessages - messages).toBeLessThanOrEqual(25);
    const before = farLine.sentMessages;
    for (let n = 0; n < 120; n++) {
      far.live.send(new Uint8Array(20_000));
      clock.advanceNow(1_000_000 / 60);
    }
    expect(farLine.sentMessages - before).toBeLessThanOrEqual(121);
  });
});
