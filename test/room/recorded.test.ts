/**
 * Parties of version 2 as they were: what they say is recorded bytes, written by the code of their time, not by today's
 * encoders. A relay of today serves them, and says nothing that they could not read.
 */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { Channel, decodeControl, type MessageName, rowOf } from '../../engine/protocol/index.js';
import { Relay } from '../../engine/relay/relay.js';
import { FakeClock } from '../support/clock.js';
import { virtualPair } from '../support/network.js';
import { Peer } from './peer.js';

/** The lane key of the recorded lane-hello; the secret of the recorded host-hello. */
const LANE_KEY = 'Zq8r2LwXc7uJ5nN0aB-d3E';
const SECRET = 'sesame';

function recorded(name: string): Uint8Array {
  const text = readFileSync(new URL(`./version-2/${name}.hex`, import.meta.url), 'utf8');
  return new Uint8Array(Buffer.from(text.replace(/\s+/g, ''), 'hex'));
}

describe('parties of version 2, by their recorded bytes', () => {
  it('are served by a relay of today, in their version', () => {
    const clock = new FakeClock();
    const faults: unknown[] = [];
    const relay = new Relay({
      clock,
      secret: SECRET,
      makeKey: () => LANE_KEY,
      onFault: (e) => faults.push(e),
    });
    const enter = (hello: string): Peer => {
      const [near, far] = virtualPair(clock, {});
      const peer = new Peer(near);
      peer.beats = false;
      relay.accept(far);
      say(peer, hello);
      return peer;
    };
    const say = (peer: Peer, name: string): void => {
      peer.link.send(recorded(name));
      clock.advanceNow(0);
    };
    const names = (peer: Peer): MessageName[] => peer.received.map((message) => rowOf(message).name);

    const host = enter('control-host-hello');
    const viewer = enter('control-viewer-hello');
    const lane = enter('control-lane-hello');
    expect(host.last('host-welcome')).toMatchObject({ version: 2, resumed: false });
    expect(viewer.last('viewer-welcome')).toMatchObject({ version: 2, viewer: 1 });
    expect(lane.last('lane-welcome')).toMatchObject({ version: 2 });
    expect(host.last('refresh')).toMatchObject({ viewer: 1, base: 0 });

    say(viewer, 'control-set-control');
    for (const name of ['input-pointer', 'input-wheel', 'input-key', 'input-text']) say(lane, name);
    expect(names(host).filter((name) => name.startsWith('input-'))).toEqual([
      'input-pointer',
      'input-wheel',
      'input-key',
      'input-text',
    ]);
    say(host, 'ack-applied');
    expect(names(lane)).toContain('ack-applied');
    say(lane, 'clock-ping');
    say(host, 'clock-pong');
    expect(names(lane)).toContain('clock-pong');
    say(viewer, 'control-set-tool');
    say(lane, 'overlay-laser');
    say(lane, 'overlay-stroke');
    say(viewer, 'control-set-recording');
    say(viewer, 'control-set-quality');
    say(viewer, 'control-want-refresh');
    say(host, 'control-auto-state');
    say(lane, 'chat-said');
    say(host, 'chat-said');
    expect(host.chats()).toHaveLength(2);
    expect(lane.chats()).toHaveLength(2);

    // A minute in which they send no beats, and miss none.
    clock.advanceNow(60_000_000);
    for (const peer of [host, viewer, lane]) {
      expect(peer.closed).toBeUndefined();
      expect(peer.beatsHeard).toBe(0);
      for (const message of peer.received) expect(rowOf(message).since).toBe(2);
    }
    const { controller, list } = host.last('participants')!;
    expect([controller, list]).toMatchObject([1, [{ viewer: 1, recording: true }]]);
    for (const message of host.on(Channel.Control)) expect(() => decodeControl(message)).not.toThrow();
    expect(faults).toEqual([]);
    relay.close();
  });
});
