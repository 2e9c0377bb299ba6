/** Who may come in, who stays, and what the others are told. */
import { describe, expect, it } from 'vitest';
import { CloseCode, encodeControl, PROTOCOL_VERSION } from '../../engine/index.js';
import { Hall } from '../room/hall.js';
import { KEY, STROKE, sliceMessage, TOKEN } from '../room/peer.js';

const OTHER_KEY = 'another-key-another-key-00';

describe('a session', () => {
  it('opens with a host and takes viewers', () => {
    const hall = new Hall();
    const host = hall.host();
    expect(host.last('host-welcome')).toMatchObject({ version: PROTOCOL_VERSION, resumed: false });
    const viewer = hall.viewer();
    expect(viewer.received.map((message) => message[0])).toEqual([0, 0, 0, 0, 0]);
    expect(viewer.last('viewer-welcome')).toMatchObject({ version: PROTOCOL_VERSION, viewer: 1 });
    expect(viewer.last('host-state')).toEqual({
      type: 'host-state',
      state: 'present',
      name: 'Anna',
      width: 640,
      height: 480,
    });
    expect(viewer.last('level-state')).toEqual({ type: 'level-state', level: 3, quality: 'high' });
    expect(viewer.last('participants')).toMatchObject({
      controller: 0,
      list: [{ viewer: 1, name: 'Bruno' }],
    });
    expect(host.last('participants')).toEqual(viewer.last('participants'));
    expect(host.last('viewer-level')).toEqual({ type: 'viewer-level', viewer: 1, level: 3, name: 'Bruno' });
    expect(host.last('refresh')).toEqual({ type: 'refresh', viewer: 1, level: 3, base: 0 });
  });

  it('does not name its token or key in what it shows', () => {
    const hall = new Hall();
    const host = hall.host();
    hall.viewer();
    const shown = JSON.stringify([hall.relay.snapshot(), host.last('host-welcome')]);
    expect(shown).not.toContain(TOKEN);
    expect(shown).not.toContain(KEY);
  });

  it('says who has left', () => {
    const hall = new Hall();
    const host = hall.host();
    const viewer = hall.viewer();
    const second = hall.viewer({ name: 'Chloé' });
    const lane = hall.lane(viewer);
    viewer.cut();
    hall.run();
    expect(host.last('viewer-left')).toEqual({ type: 'viewer-left', viewer: 1 });
    expect(second.last('participants')?.list.map((one) => one.name)).toEqual(['Chloé']);
    expect(lane.closed?.code).toBe(CloseCode.Normal);
    expect(hall.viewer().last('viewer-welcome')?.viewer).toBe(3);
  });

  it('is not found under another token, for now', () => {
    const hall = new Hall();
    const viewer = hall.viewer();
    expect(viewer.last('refused')).toMatchObject({ code: 'not-found', retry: true });
    expect(viewer.closed?.code).toBe(CloseCode.NotFound);
  });

  it('waits for a host that was lost, and goes on when it returns', () => {
    const hall = new Hall();
    const host = hall.host();
    const viewer = hall.viewer();
    host.slice({ frame: 1, viewer: 1, base: 0 });
    hall.run();
    host.cut();
    hall.run();
    expect(viewer.last('host-state')?.state).toBe('away');
    expect(hall.state()).toMatchObject({ live: false, holds: 0 });
    hall.run(59_000_000);
    const back = hall.host({ frame: 1, name: 'Anna again' });
    expect(back.last('host-welcome')?.resumed).toBe(true);
    expect(back.last('viewer-level')).toMatchObject({ viewer: 1, level: 3 });
    expect(back.controls('refresh')).toEqual([{ type: 'refresh', viewer: 1, level: 3, base: 0 }]);
    expect(back.last('participants')?.list).toHaveLength(1);
    expect(viewer.last('host-state')).toMatchObject({ state: 'present', name: 'Anna again' });
    expect(hall.relay.counters.resumed).toBe(1);
    hall.run(600_000_000);
    expect(viewer.closed).toBeUndefined();
  });

  it('takes viewers while its host is away, and asks for their picture when it is back', () => {
    const hall = new Hall();
    hall.host().cut();
    hall.run();
    const viewer = hall.viewer();
    expect(viewer.last('host-state')?.state).toBe('away');
    const back = hall.host();
    expect(back.last('refresh')).toMatchObject({ viewer: 1, base: 0 });
    expect(viewer.last('host-state')?.state).toBe('present');
  });

  it('ends when the host stays away too long', () => {
    const hall = new Hall();
    const host = hall.host();
    const viewer = hall.viewer();
    const lane = hall.lane(viewer);
    host.cut();
    hall.run(60_000_000);
    expect(viewer.last('host-state')?.state).toBe('ended');
    expect(viewer.closed?.code).toBe(CloseCode.SessionEnded);
    expect(lane.closed?.code).toBe(CloseCode.SessionEnded);
    expect(hall.relay.snapshot().sessions).toEqual([]);
    expect(hall.viewer().last('refused')).toMatchObject({ code: 'not-found' });
  });

  it('ends at once when the host says so by closing normally', () => {
    const hall = new Hall();
    const host = hall.host();
    const viewer = hall.viewer();
    host.link.close(CloseCode.Normal);
    hall.run();
    expect(viewer.closed?.code).toBe(CloseCode.SessionEnded);
    expect(hall.clock.pending).toBe(0);
  });

  it('cannot be taken over with another key, present or away', () => {
    const hall = new Hall();
    const host = hall.host();
    const thief = hall.host({ key: OTHER_KEY });
    expect(thief.last('refused')).toMatchObject({ code: 'refused', retry: false });
    expect(thief.closed?.code).toBe(CloseCode.Conflict);
    expect(host.closed).toBeUndefined();
    host.cut();
    hall.run();
    expect(hall.host({ key: OTHER_KEY }).closed?.code).toBe(CloseCode.Conflict);
    expect(hall.host().last('host-welcome')?.resumed).toBe(true);
  });

  it('lets the same host replace a link that it lost first', () => {
    const hall = new Hall();
    const old = hall.host();
    const viewer = hall.viewer();
    const next = hall.host();
    expect(old.closed?.code).toBe(CloseCode.Conflict);
    expect(next.last('refresh')).toMatchObject({ viewer: 1, base: 0 });
    expect(viewer.controls('host-state').map((state) => state.state)).toEqual(['present', 'present']);
    old.slice({ frame: 9, viewer: 1, base: 0 });
    hall.run();
    expect(viewer.frames()).toEqual([]);
  });

  it('tells viewers of a picture of another size', () => {
    const hall = new Hall();
    const host = hall.host();
    const viewer = hall.viewer();
    host.slice({ frame: 1, viewer: 1, base: 0, width: 800, height: 600 });
    hall.run();
    expect(viewer.last('host-state')).toMatchObject({ state: 'present', width: 800, height: 600 });
  });

  it('lets everybody go when the relay stops, and forgets its timers', () => {
    const hall = new Hall();
    const host = hall.host();
    const viewer = hall.viewer();
    const pending = hall.peer();
    hall.relay.close();
    hall.run();
    for (const peer of [host, viewer, pending]) expect(peer.closed?.code).toBe(CloseCode.GoingAway);
    expect(hall.relay.snapshot()).toEqual({ sessions: [], pendingLinks: 0 });
    expect(hall.clock.pending).toBe(0);
    const late = hall.peer();
    hall.run();
    expect(late.closed?.code).toBe(CloseCode.GoingAway);
  });
});

describe('a hello', () => {
  it('must come in time', () => {
    const hall = new Hall();
    const silent = hall.peer();
    hall.run(9_999_999);
    expect(silent.closed).toBeUndefined();
    hall.run(1);
    expect(silent.last('refused')).toMatchObject({ code: 'timeout', retry: true });
    expect(silent.closed?.code).toBe(CloseCode.Timeout);
    expect(hall.relay.snapshot().pendingLinks).toBe(0);
  });

  it('is not waited for on a link that has gone', () => {
    const hall = new Hall();
    hall.peer().cut();
    hall.run();
    expect(hall.relay.snapshot().pendingLinks).toBe(0);
    expect(hall.clock.pending).toBe(0);
  });

  it('must speak the version', () => {
    const hall = new Hall();
    const host = hall.host({ version: 1 });
    expect(host.last('refused')).toMatchObject({ code: 'unsupported-version', retry: false });
    expect(host.closed?.code).toBe(CloseCode.UnsupportedVersion);
  });

  it('must be a hello', () => {
    const hall = new Hall();
    for (const bytes of [
      encodeControl({ type: 'want-refresh' }),
      sliceMessage({ frame: 1 }),
      new Uint8Array(),
      Uint8Array.of(9, 9, 9),
      Uint8Array.of(0, 0xc1),
    ]) {
      const peer = hall.peer();
      peer.link.send(bytes);
      hall.run();
      expect(peer.closed?.code).toBe(CloseCode.Malformed);
      expect(peer.controls('refused')).toHaveLength(1);
    }
    expect(hall.relay.counters.refused).toBe(5);
  });

  it('must be short', () => {
    const hall = new Hall();
    const peer = hall.peer();
    peer.link.send(new Uint8Array(16_385));
    hall.run();
    expect(peer.closed?.code).toBe(CloseCode.TooLarge);
  });

  it("must show the relay's secret where there is one", () => {
    const hall = new Hall({ secret: 'open sesame' });
    for (const secret of ['open barley', undefined]) {
      const host = hall.host(secret === undefined ? {} : { secret });
      expect(host.last('refused')).toMatchObject({ code: 'unauthorised', retry: false });
      expect(host.closed?.code).toBe(CloseCode.Unauthorised);
    }
    expect(hall.host({ secret: 'open sesame' }).last('host-welcome')).toBeDefined();
  });

  it('finds no room where all is taken', () => {
    const hall = new Hall({ limits: { maxSessions: 1, maxViewers: 2, maxPending: 1 } });
    hall.host();
    const second = hall.host({ token: 'second-second-second-second' });
    expect(second.closed?.code).toBe(CloseCode.TooMany);
    expect(second.last('refused')?.retry).toBe(true);
    hall.viewer();
    hall.viewer();
    expect(hall.viewer().closed?.code).toBe(CloseCode.TooMany);
    const silent = hall.peer();
    const newer = hall.peer();
    hall.run();
    expect(silent.closed?.code).toBe(CloseCode.TooMany);
    expect(newer.closed).toBeUndefined();
  });

  it('fits into a full session with the longest of names', () => {
    const hall = new Hall({ limits: { maxViewers: 1_000 } });
    const host = hall.host();
    for (let index = 0; index < 64; index++) hall.viewer({ name: '界'.repeat(120) });
    expect(hall.viewer().closed?.code).toBe(CloseCode.TooMany);
    expect(host.last('participants')?.list).toHaveLength(64);
    expect(host.last('participants')?.list[0]?.name).toBe('界'.repeat(48));
  });
});

describe('a second link', () => {
  it('joins its viewer by the lane key, and takes what must not wait', () => {
    const hall = new Hall();
    const host = hall.host();
    const viewer = hall.viewer();
    const lane = hall.lane(viewer);
    expect(lane.last('lane-welcome')).toBeDefined();
    expect(hall.state().lane).toBe(true);
    lane.say({ type: 'set-tool', tool: 'whiteboard' });
    lane.overlay(STROKE);
    hall.run();
    expect(host.overlays()).toMatchObject([{ viewer: 1, kind: 'stroke' }]);
  });

  it('may be opened again, and may go', () => {
    const hall = new Hall();
    const host = hall.host();
    const viewer = hall.viewer();
    const first = hall.lane(viewer);
    const second = hall.lane(viewer);
    expect(first.closed?.code).toBe(CloseCode.Conflict);
    expect(hall.state().lane).toBe(true);
    second.cut();
    hall.run();
    expect(hall.state().lane).toBe(false);
    viewer.say({ type: 'set-tool', tool: 'whiteboard' });
    viewer.overlay(STROKE);
    hall.run();
    expect(host.overlays()).toHaveLength(1);
  });

  it('is refused with a wrong key, number or token', () => {
    const hall = new Hall();
    hall.host();
    const viewer = hall.viewer();
    for (const change of [{ laneKey: OTHER_KEY }, { viewer: 7 }]) {
      const lane = hall.peer();
      lane.helloAsLane(viewer, change);
      hall.run();
      expect(lane.last('refused')).toMatchObject({ code: 'unauthorised', retry: false });
      expect(lane.closed?.code).toBe(CloseCode.Unauthorised);
    }
    const lost = hall.peer();
    lost.helloAsLane(viewer, { token: 'another-another-another-00' });
    hall.run();
    expect(lost.closed?.code).toBe(CloseCode.NotFound);
    expect(hall.state().lane).toBe(false);
  });
});
