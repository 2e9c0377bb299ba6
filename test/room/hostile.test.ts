/** Hostile parties inside a session: their link goes, and nobody else notices. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  Channel,
  CloseCode,
  encodeControl,
  isHello,
  MESSAGE_LIMITS,
  type Role,
  rowOf,
} from '../../engine/index.js';
import { type Sample, samples } from '../protocol/samples.js';
import { Hall } from './hall.js';
import { sliceMessage } from './peer.js';

/** Whether the table lets such a party say it, once its hello is said. */
function maySay(role: Role, { bytes }: Sample): boolean {
  const row = rowOf(bytes);
  return row.from.includes(role) && !isHello({ type: row.name });
}

describe('a viewer', () => {
  it.each(samples.map((one) => [one.name, one] as const))('that says %s', (_, sample) => {
    const hall = new Hall();
    const host = hall.host();
    const other = hall.viewer();
    const viewer = hall.viewer();
    viewer.link.send(sample.bytes.slice());
    hall.run();
    expect(viewer.closed?.code).toBe(maySay('technician', sample) ? undefined : CloseCode.Malformed);
    if (!maySay('technician', sample)) expect(viewer.last('refused')).toMatchObject({ code: 'bad-message' });
    expect(host.closed).toBeUndefined();
    expect(other.closed).toBeUndefined();
  });
});

describe('a host', () => {
  it.each(samples.map((one) => [one.name, one] as const))('that says %s', (_, sample) => {
    const hall = new Hall();
    const host = hall.host();
    const viewer = hall.viewer();
    host.link.send(sample.bytes.slice());
    hall.run();
    expect(host.closed?.code).toBe(maySay('host', sample) ? undefined : CloseCode.Malformed);
    expect(viewer.closed).toBeUndefined();
    expect(viewer.last('host-state')?.state).toBe(maySay('host', sample) ? 'present' : 'away');
  });
});

describe('a message that is too long', () => {
  it.each(Object.values(Channel).filter((channel) => channel !== Channel.Display))(
    'on channel %i closes its link',
    (channel) => {
      const hall = new Hall();
      hall.host();
      const viewer = hall.viewer();
      const long = new Uint8Array(MESSAGE_LIMITS[channel] + 1);
      long[0] = channel;
      viewer.link.send(long);
      hall.run();
      expect(viewer.closed?.code).toBe(CloseCode.TooLarge);
    },
  );

  it('on the display channel closes the host', () => {
    const hall = new Hall();
    const host = hall.host();
    host.link.send(sliceMessage({ frame: 1 }, MESSAGE_LIMITS[Channel.Display]));
    hall.run();
    expect(host.closed?.code).toBe(CloseCode.TooLarge);
  });
});

describe('changed and random bytes', () => {
  it('cost at most the link that they came by', () => {
    const change = fc.record({ at: fc.nat(), to: fc.integer({ min: 0, max: 255 }) });
    const hostile = fc.oneof(
      fc.uint8Array({ maxLength: 64 }),
      fc
        .tuple(fc.constantFrom(...samples), fc.array(change, { maxLength: 3 }))
        .map(([{ bytes }, changes]) => {
          const changed = bytes.slice();
          for (const { at, to } of changes) changed[at % changed.length] = to;
          return changed;
        }),
    );
    fc.assert(
      fc.property(fc.array(hostile, { maxLength: 30 }), fc.boolean(), (messages, fromHost) => {
        const hall = new Hall();
        const host = hall.host();
        const bystander = hall.viewer();
        const viewer = hall.viewer();
        const lane = hall.lane(viewer);
        for (const message of messages) {
          (fromHost ? host : lane).link.send(message);
          hall.run();
          viewer.link.send(message.slice());
          hall.run();
        }
        expect(bystander.closed).toBeUndefined();
        if (!fromHost) expect(host.closed).toBeUndefined();
        bystander.link.send(encodeControl({ type: 'set-name', name: 'Still here' }));
        hall.run();
        expect(bystander.last('participants')?.list[0]?.name).toBe('Still here');
      }),
      { numRuns: 300 },
    );
  });
});
