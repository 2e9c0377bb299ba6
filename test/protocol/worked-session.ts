/** The worked session of docs/PROTOCOL.md, run by a real relay in virtual time: who sent what to whom. */
import { Channel, encodeAck, encodeControl, Relay, spoken } from '../../engine/index.js';
import { sliceMessage } from '../room/peer.js';
import { FakeClock } from '../support/clock.js';
import { virtualPair } from '../support/network.js';

export interface Step {
  readonly way: string;
  readonly message: Uint8Array;
}

const TOKEN = 'pHk1T0Zz3mYQ8s-2bV_x9A';
const KEY = 'Zq8r2LwXc7uJ5nN0aB-d3E';
const LANE_KEY = 'Lk9_2mQeR7tYw4Zx1cVb6n';

export function workedSession(): Step[] {
  const clock = new FakeClock();
  const relay = new Relay({ clock, makeKey: () => LANE_KEY });
  const steps: Step[] = [];
  const party = (name: string) => {
    const [near, far] = virtualPair(clock);
    near.onSend = (message) => steps.push({ way: `${name} → relay`, message: message.slice() });
    far.onSend = (message) => steps.push({ way: `relay → ${name}`, message: message.slice() });
    near.onMessage = () => {};
    relay.accept(far);
    return (message: Uint8Array) => {
      near.send(message);
      clock.advanceNow(0);
    };
  };
  const host = party('host');
  host(
    encodeControl({
      type: 'host-hello',
      ...spoken(),
      token: TOKEN,
      key: KEY,
      name: 'Anna',
      width: 1920,
      height: 1080,
      frame: 0,
    }),
  );
  const viewer = party('viewer');
  viewer(encodeControl({ type: 'viewer-hello', ...spoken(), token: TOKEN, name: 'Bruno', quality: 'high' }));
  const quick = party('quick link');
  const link = { party: 1, key: LANE_KEY, purpose: 'quick', number: 1 } as const;
  quick(encodeControl({ type: 'link-hello', ...spoken(), token: TOKEN, ...link }));
  host(sliceMessage({ frame: 1, base: 0, viewer: 1, width: 1920, height: 1080, drawnAt: 1_000_000 }, 4));
  viewer(
    encodeAck({
      kind: 'frame',
      level: 3,
      queued: 0,
      frame: 1,
      viewer: 0,
      receivedAt: 3_000_000,
      presentedAt: 3_004_000,
      decode: 1_500,
    }),
  );
  return steps;
}

/** The document's way to show a step. */
export function stepText({ way, message }: Step): string {
  const hex = Buffer.from(message).toString('hex').match(/../g)!;
  const lines = Array.from({ length: Math.ceil(hex.length / 16) }, (_, index) =>
    hex.slice(index * 16, index * 16 + 16).join(' '),
  );
  return `${way}: ${nameOf(message)}\n${lines.join('\n')}`;
}

function nameOf(message: Uint8Array): string {
  if (message[0] === Channel.Display) return 'slice';
  if (message[0] === Channel.Ack) return 'frame ack';
  return /type[\xa0-\xbf]([a-z-]+?)(?=[\xa0-\xbf])/.exec(Buffer.from(message).toString('latin1'))![1]!;
}
