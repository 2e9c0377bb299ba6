import { describe, expect, it } from 'vitest';
import { Channel, CloseCode, encodeAck, spoken } from '../../engine/protocol/index.js';
import { closeCodeName } from '../../engine/viewer/index.js';
import { displayed, frameMessages, HOST_PRESENT, LANE_KEY, Screen, TOKEN, World } from './scripted.js';

describe('a viewer that joins', () => {
  it('says hello with its token and wishes, opens its lane, and asks for the time', async () => {
    const world = new World();
    await world.join();
    expect(world.main.heard('viewer-hello')).toEqual([
      { type: 'viewer-hello', ...spoken(), token: TOKEN, name: 'Ada', quality: 'high' },
    ]);
    expect(world.lane.heard('link-hello')).toEqual([
      { type: 'link-hello', ...spoken(), token: TOKEN, party: 1, key: LANE_KEY, purpose: 'quick', number: 1 },
    ]);
    expect(world.session.state).toMatchObject({
      connection: { kind: 'joined' },
      host: 'present',
      hostName: 'Desk',
      viewer: 1,
      lane: true,
    });
    expect(world.main.on(Channel.Clock).length + world.lane.on(Channel.Clock).length).toBeGreaterThan(5);
    expect(world.session.clockOffset()).toMatchObject({ offset: 0 });
  });

  it('works without a lane, and goes on trying for one', async () => {
    const alone = new World({ lane: false });
    await alone.join();
    alone.session.setTool('laser');
    alone.session.sendOverlay({ kind: 'laser', visible: true, x: 1, y: 2 });
    await alone.clock.advance(10_000);
    expect(alone.main.on(Channel.Overlay)).toHaveLength(1);

    const world = new World();
    await world.join();
    world.session.setTool('laser');
    world.lane.link.close(CloseCode.Normal);
    await world.clock.advance(10_000);
    expect(world.session.state.lane).toBe(false);
    world.session.sendOverlay({ kind: 'laser', visible: true, x: 1, y: 2 });
    await world.clock.advance(10_000);
    expect(world.main.on(Channel.Overlay)).toHaveLength(1);
    await world.clock.advance(1_000_000);
    expect(world.session.state.lane).toBe(true);
    world.session.sendOverlay({ kind: 'laser', visible: true, x: 3, y: 2 });
    await world.clock.advance(10_000);
    expect(world.lane.on(Channel.Overlay)).toHaveLength(1);
    expect(world.mains).toHaveLength(1);
  });

  it('gives up a relay that does not answer, and tries again', async () => {
    const world = new World();
    world.welcomes = false;
    world.session.start();
    await world.clock.advance(10_100_000);
    expect(world.session.state.connection).toMatchObject({ kind: 'waiting', code: 'timeout' });
    expect(world.main.closed).toBeDefined();
    world.welcomes = true;
    await world.clock.advance(1_000_000);
    expect(world.session.state.connection).toEqual({ kind: 'joined' });
  });

  it('stops when it is refused for good, and comes back when it may', async () => {
    const world = new World();
    world.welcomes = false;
    world.session.start();
    await world.clock.advance(5_000);
    world.main.say({ type: 'refused', code: 'not-found', reason: 'No such session.', retry: true });
    await world.clock.advance(5_000);
    expect(world.session.state.connection).toMatchObject({
      kind: 'waiting',
      code: 'not-found',
      reason: 'No such session.',
    });
    await world.clock.advance(1_000_000);
    expect(world.mains).toHaveLength(2);
    world.main.say({ type: 'refused', code: 'unauthorised', reason: 'No.', retry: false });
    await world.clock.advance(60_000_000);
    expect(world.session.state.connection).toEqual({ kind: 'ended', code: 'unauthorised', reason: 'No.' });
    expect(world.mains).toHaveLength(2);
    world.welcomes = true;
    world.session.start();
    await world.clock.advance(10_000);
    expect(world.session.state.connection).toEqual({ kind: 'joined' });
  });

  it('does not take a relay of another version', async () => {
    const world = new World();
    world.welcomes = false;
    world.session.start();
    await world.clock.advance(5_000);
    const laneKey = LANE_KEY;
    world.main.say({ type: 'viewer-welcome', version: 99, session: 'abc', viewer: 1, laneKey });
    await world.clock.advance(5_000);
    expect(world.session.state.connection).toMatchObject({ kind: 'ended', code: 'unsupported-version' });
  });
});

describe('a viewer that loses its connection', () => {
  it('comes back with its wishes, its tool off, and the right picture', async () => {
    const world = new World();
    await world.join();
    const screen = new Screen();
    screen.fill(0x123456);
    await world.send(...frameMessages(screen.code(3, true), { frame: 7 }));
    world.session.setQuality('medium');
    world.session.setControl(true);
    world.session.setRecording(true);
    world.session.setTool('whiteboard');
    world.session.sendOverlay(STROKE);
    expect(world.session.overlay.strokeCount).toBe(1);
    await world.clock.advance(10_000);

    world.network.cutAll();
    await world.clock.advance(1);
    expect(world.session.state).toMatchObject({
      connection: { kind: 'waiting', code: '1006' },
      viewer: 0,
      lane: false,
      tool: 'none',
      controlWanted: true,
      recording: true,
      quality: 'medium',
    });
    expect(world.session.overlay.isEmpty).toBe(true);
    // The last picture stays to be seen.
    expect(displayed(world.decoder.picture)).toEqual(displayed(screen.picture));
    await world.clock.advance(1_000_000);
    expect(world.session.state).toMatchObject({ connection: { kind: 'joined' }, viewer: 2, lane: true });
    expect(world.main.heard('viewer-hello')).toMatchObject([{ quality: 'medium' }]);
    expect(world.main.heard('wishes')[0]).toMatchObject({
      quality: 'medium',
      control: true,
      recording: true,
      tool: 'none',
      watching: true,
    });

    // A frame that builds on the old connection's picture is not taken.
    screen.fill(0xabcdef);
    await world.send(...frameMessages(screen.code(3, true), { frame: 8, base: 7 }));
    expect(world.session.frame).toBe(0);
    await world.send(...frameMessages(screen.code(3, true), { frame: 9 }));
    expect(displayed(world.decoder.picture)).toEqual(displayed(screen.picture));
  });

  it('waits longer after each failure, and starts small again after a good connection', async () => {
    const world = new World();
    await world.join();
    await world.send(...frameMessages(new Screen().code(3, true), { frame: 1 }));
    world.network.accept = undefined;
    const waits: number[] = [];
    const seen = world.session.state.connection;
    expect(seen.kind).toBe('joined');
    const { clock, session } = world;
    world.network.cutAll();
    for (let attempt = 1; attempt <= 8; attempt++) {
      await clock.advanceUntil(() => {
        const { connection } = session.state;
        return connection.kind === 'waiting' && connection.attempt === attempt;
      });
      const { connection } = session.state;
      if (connection.kind === 'waiting') waits.push(connection.retryAt - clock.now());
    }
    expect(waits).toEqual([187_500, 375_000, 750_000, 1_500_000, 3_000_000, 3_750_000, 3_750_000, 3_750_000]);
  });

  it('asks within a second for a session whose host is not back yet, and seldom after a while', async () => {
    const world = new World();
    world.welcomes = false;
    world.session.start();
    const waits: number[] = [];
    for (let attempt = 1; attempt <= 32; attempt++) {
      await world.clock.advanceUntil(() => world.mains.length === attempt);
      await world.clock.advance(5_000);
      world.main.say({ type: 'refused', code: 'not-found', reason: 'No such session.', retry: true });
      await world.clock.advanceUntil(() => world.session.state.connection.kind === 'waiting');
      const { connection } = world.session.state;
      if (connection.kind === 'waiting') waits.push(connection.retryAt - world.clock.now());
    }
    expect(Math.max(...waits.slice(0, 30))).toBe(750_000);
    expect(waits.slice(30)).toEqual([3_750_000, 3_750_000]);
  });

  it('does not acknowledge a frame of the old connection on the new one', async () => {
    const late: (() => void)[] = [];
    const world = new World({ handlers: { onFrame: (frame) => late.push(() => frame.presented()) } });
    await world.join();
    await world.send(...frameMessages(new Screen().code(3, true), { frame: 7 }));
    world.network.cutAll();
    await world.clock.advance(1_000_000);
    expect(world.session.state.connection.kind).toBe('joined');
    for (const present of late) present();
    await world.clock.advance(10_000);
    expect(world.mains.flatMap((party) => party.acks())).toEqual([]);
  });

  it('does not come back when the session has ended or it was closed', async () => {
    const world = new World();
    await world.join();
    world.main.link.close(CloseCode.SessionEnded, 'The session has ended.');
    await world.clock.advance(60_000_000);
    expect(world.session.state.connection).toEqual({
      kind: 'ended',
      code: 'session-ended',
      reason: 'The session has ended.',
    });
    expect(world.mains).toHaveLength(1);

    const other = new World();
    await other.join();
    other.session.close();
    await other.clock.advance(60_000_000);
    expect(other.session.state.connection).toEqual({ kind: 'idle' });
    expect(other.main.closed).toMatchObject({ code: CloseCode.Normal });
    expect(other.lane.closed).toBeDefined();
    expect(other.mains).toHaveLength(1);
    expect(other.clock.pending).toBe(0);
  });

  it('shows within 5 s that it hears nothing, and has dialled anew within 20 s', async () => {
    const world = new World();
    await world.join();
    await world.clock.advance(60_000_000);
    expect(world.mains).toHaveLength(1);
    world.beats = false;
    world.answersPings = false;
    await world.clock.advance(5_000_000);
    expect(world.session.state).toMatchObject({ connection: { kind: 'joined' }, link: 'quiet' });
    world.beats = true;
    await world.clock.advance(15_000_000);
    expect(world.session.state).toMatchObject({ connection: { kind: 'joined' }, link: 'alive', lane: true });
    expect(world.mains).toHaveLength(1);
    world.beats = false;
    await world.clock.advance(15_000_000);
    world.beats = true;
    await world.clock.advance(5_000_000);
    expect(world.mains).toHaveLength(2);
    expect(world.session.state).toMatchObject({ connection: { kind: 'joined' }, link: 'alive', lane: true });
  });
});

describe('a viewer is told', () => {
  it('of host, participants and level, and controls once its turn has come', async () => {
    const world = new World();
    await world.join();
    const person = { viewer: 1, name: 'Ada', quality: 'high', tool: 'none', recording: false } as const;
    const participant = { ...person, waiting: 1, wishes: 2 };
    world.session.setControl(true);
    await world.clock.advance(5_000);
    world.main.say({ type: 'participants', controller: 9, list: [participant] });
    world.main.say({ type: 'level-state', level: 2, quality: 'medium' });
    world.main.say({ ...HOST_PRESENT, state: 'away' });
    await world.clock.advance(5_000);
    expect(world.session.state).toMatchObject({
      controller: 9,
      participants: [participant],
      level: 2,
      host: 'away',
    });
    expect(world.session.sendInput({ kind: 'text', text: 'x' })).toBeUndefined();
    const list = [{ ...person, wishes: 2 }];
    world.main.say({ type: 'participants', controller: 1, list });
    await world.clock.advance(5_000);
    expect(world.session.sendInput({ kind: 'text', text: 'x' })).toBe(1);
    // What the relay takes back is not wished for any more.
    world.main.say({ type: 'participants', controller: 0, list });
    await world.clock.advance(5_000);
    expect(world.session.state).toMatchObject({ controlWanted: false, controlLapsed: true });
    // And what it gives is taken.
    world.main.say({ type: 'participants', controller: 1, list: [{ ...person, wishes: world.wishes }] });
    await world.clock.advance(5_000);
    expect(world.session.state).toMatchObject({ controlWanted: true, controlLapsed: false });
  });

  it('and counts what a relay should not send', async () => {
    const world = new World();
    await world.join();
    world.main.say({ type: 'set-tool', tool: 'laser' });
    world.main.link.send(encodeAck({ ...FRAME_ACK }));
    world.main.link.send(Uint8Array.of(Channel.Input, 1, 0, 0));
    world.main.link.send(new Uint8Array(0));
    world.main.link.send(Uint8Array.of(200));
    await world.clock.advance(10_000);
    expect(world.problems).toEqual([
      'bad-message:type',
      'bad-message:type',
      'bad-message:type',
      'truncated',
      'unknown-channel:channel',
    ]);
    expect(world.session.state.connection.kind).toBe('joined');
  });

  it('everything that it receives and sends to a tap', async () => {
    const world = new World();
    await world.join();
    const channels: number[] = [];
    const untap = world.session.tap((message) => channels.push(message[0]!));
    world.session.setTool('whiteboard');
    world.session.sendOverlay(STROKE);
    await world.send(...frameMessages(new Screen().code(3, true), { frame: 1 }));
    untap();
    await world.send(...frameMessages(new Screen().code(3, true), { frame: 2 }));
    expect(channels).toEqual([Channel.Overlay, Channel.Display, Channel.Display]);
  });
});

it('that is closed as soon as it has joined leaves nothing behind', async () => {
  const world: World = new World({
    handlers: {
      onState: ({ connection }) => {
        if (connection.kind === 'joined') world.session.close();
      },
    },
  });
  world.session.start();
  await world.clock.advance(60_000_000);
  expect(world.session.state).toMatchObject({ connection: { kind: 'idle' }, viewer: 0, session: '' });
  expect(world.lanes).toEqual([]);
  // The relay's end may still look after its own.
  world.main.link.close(CloseCode.Normal);
  await world.clock.advance(60_000_000);
  expect(world.clock.pending).toBe(0);
});

it('names close codes', () => {
  expect(closeCodeName(CloseCode.SessionEnded)).toBe('session-ended');
  expect(closeCodeName(CloseCode.TooSlow)).toBe('too-slow');
  expect(closeCodeName(1006)).toBe('1006');
});

const STROKE = {
  kind: 'stroke',
  stroke: 1,
  begin: true,
  end: true,
  points: [{ x: 1, y: 1 }],
} as const;

const FRAME_ACK = {
  kind: 'frame',
  level: 3,
  queued: 0,
  frame: 1,
  viewer: 1,
  receivedAt: 0,
  presentedAt: 0,
  decode: 0,
} as const;
