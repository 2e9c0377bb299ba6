/** Parties of an older version of the protocol: answered in it, served as ever, and told nothing that it lacks. */
import { describe, expect, it } from 'vitest';
import {
  Channel,
  CloseCode,
  type ControlType,
  decodeControl,
  encodeAck,
  encodeBeat,
  encodeClock,
  OLDEST_VERSION,
  PROTOCOL_VERSION,
} from '../../engine/index.js';
import { Hall } from './hall.js';
import { type Peer, STROKE } from './peer.js';

/** All that a relay says in version 2. */
const VERSION_2_TYPES: readonly ControlType[] = [
  'host-welcome',
  'viewer-welcome',
  'lane-welcome',
  'refused',
  'viewer-level',
  'viewer-left',
  'refresh',
  'host-state',
  'participants',
  'level-state',
  'auto-state',
];
const CHANNELS_2 = [0, 1, 2, 3, 4, 5, 6];

function expectVersion2Only(peer: Peer): void {
  for (const message of peer.received) {
    expect(CHANNELS_2).toContain(message[0]);
    if (message[0] === Channel.Control) expect(VERSION_2_TYPES).toContain(decodeControl(message).type);
  }
}

/** A session with a viewer, its lane and a second viewer, in which everything that version 2 has is done once. */
function playSession(hall: Hall, versions: { host: number; viewer: number; other: number }) {
  const host = hall.host({ version: versions.host });
  const viewer = hall.viewer({ version: versions.viewer });
  const lane = hall.peer();
  lane.helloAsLane(viewer, { version: versions.viewer });
  hall.run();
  const other = hall.viewer({ version: versions.other, name: 'Chloé' });

  host.slice({ frame: 1, viewer: 1, base: 0 });
  host.slice({ frame: 1, viewer: 2, base: 0 });
  hall.run();
  for (const one of [viewer, other]) one.ack(1);
  host.slice({ frame: 2 });
  hall.run();
  viewer.ack(2);
  lane.say({ type: 'set-control', wanted: true });
  lane.input({ kind: 'pointer', x: 1, y: 2, buttons: 1 });
  hall.run();
  host.link.send(
    encodeAck({ kind: 'applied', channel: Channel.Input, viewer: 1, sequence: 1, frame: 3, appliedAt: 7 }),
  );
  other.say({ type: 'set-tool', tool: 'whiteboard' });
  other.overlay(STROKE);
  viewer.say({ type: 'set-recording', active: true });
  viewer.say({ type: 'set-quality', quality: 'auto' });
  viewer.say({ type: 'want-refresh' });
  lane.link.send(encodeClock({ kind: 'ping', viewer: 0, askedAt: 3, answeredAt: 0 }));
  hall.run();
  host.link.send(encodeClock({ kind: 'pong', viewer: 1, askedAt: 3, answeredAt: 9 }));
  host.say({ type: 'auto-state', quality: 0, text: 3, reason: 'link' });
  lane.chat('Hello');
  host.chat('Good morning');
  hall.run();
  other.link.close();
  hall.run();
  return { host, viewer, lane, other };
}

const MIXTURES = [
  { host: 2, viewer: 2, other: 2 },
  { host: 2, viewer: 3, other: 2 },
  { host: 3, viewer: 2, other: 3 },
  { host: 3, viewer: 3, other: 2 },
];

describe('parties of versions 2 and 3 in one session', () => {
  it.each(MIXTURES)('host $host, viewers $viewer and $other', (versions) => {
    const hall = new Hall();
    const { host, viewer, lane, other } = playSession(hall, versions);
    expect(host.last('host-welcome')?.version).toBe(versions.host);
    expect(viewer.last('viewer-welcome')?.version).toBe(versions.viewer);
    expect(lane.last('lane-welcome')?.version).toBe(versions.viewer);
    expect(other.last('viewer-welcome')?.version).toBe(versions.other);

    expect(viewer.frames()).toEqual([1, 2]);
    expect(other.frames()).toEqual([1, 2]);
    expect(host.acks().filter((ack) => ack.kind === 'frame')).toHaveLength(3);
    expect(host.on(Channel.Input)).toHaveLength(1);
    expect(host.overlays()[0]).toMatchObject({ kind: 'stroke', viewer: 2 });
    expect(lane.overlays()[0]).toMatchObject({ kind: 'stroke', viewer: 2 });
    expect(lane.acks()).toMatchObject([{ kind: 'applied', sequence: 1 }]);
    expect(lane.on(Channel.Clock)).toHaveLength(1);
    expect(viewer.last('level-state')).toMatchObject({ quality: 'auto', level: 4 });
    expect(viewer.last('auto-state')).toMatchObject({ reason: 'link' });
    const texts = (peer: Peer) => peer.chats().map((chat) => chat.text);
    for (const peer of [host, lane]) expect(texts(peer)).toEqual(['Hello', 'Good morning']);
    expect(host.last('viewer-left')).toMatchObject({ viewer: 2 });
    expect(host.last('participants')).toMatchObject({
      controller: 1,
      list: [{ viewer: 1, quality: 'auto', tool: 'none', recording: true }],
    });
    for (const peer of [host, viewer, lane]) expect(peer.closed).toBeUndefined();
    if (versions.host === 2) expectVersion2Only(host);
    if (versions.viewer === 2) for (const peer of [viewer, lane]) expectVersion2Only(peer);
    if (versions.other === 2) expectVersion2Only(other);
  });

  it('resumes the session of a version 2 host', () => {
    const hall = new Hall();
    const host = hall.host({ version: 2 });
    const watching = hall.viewer({ version: 2 });
    host.cut();
    hall.run(10_000_000);
    const back = hall.host({ version: 2, frame: 5 });
    expect(back.last('host-welcome')).toMatchObject({ version: 2, resumed: true });
    expect(watching.last('host-state')?.state).toBe('present');
    expect(back.last('refresh')).toMatchObject({ viewer: 1, base: 0 });
  });

  it('sends no beats to a version 2 party, takes none, and does not miss them', () => {
    const hall = new Hall();
    const host = hall.host({ version: 2 });
    const viewer = hall.viewer({ version: 2 });
    for (const peer of [host, viewer]) peer.beats = false;
    hall.run(3_600_000_000);
    for (const peer of [host, viewer]) expect(peer.closed).toBeUndefined();
    expect([host.beatsHeard, viewer.beatsHeard]).toEqual([0, 0]);
    viewer.link.send(encodeBeat({ answer: true, coming: 0, received: 0 }));
    hall.run();
    expect(viewer.closed?.code).toBe(CloseCode.Malformed);
  });

  it('drops a silent version 3 party within 16 s', () => {
    const hall = new Hall();
    const host = hall.host();
    const viewer = hall.viewer();
    const lane = hall.lane(viewer);
    lane.beats = false;
    hall.run(5_000_000);
    expect(lane.closed?.code).toBe(CloseCode.Timeout);
    expect(viewer.closed).toBeUndefined();
    viewer.beats = false;
    hall.run(16_000_000);
    expect(viewer.closed?.code).toBe(CloseCode.Timeout);
    expect(host.last('participants')?.list).toEqual([]);
    host.beats = false;
    hall.run(16_000_000);
    expect(host.closed?.code).toBe(CloseCode.Timeout);
    expect(hall.relay.snapshot().sessions[0]?.host).toBe('away');
  });

  it.each([OLDEST_VERSION - 1, PROTOCOL_VERSION + 1])('does not speak version %d', (version) => {
    const hall = new Hall();
    hall.host();
    for (const peer of [hall.host({ version }), hall.viewer({ version })]) {
      expect(peer.last('refused')).toMatchObject({ code: 'unsupported-version', retry: false });
    }
  });
});
