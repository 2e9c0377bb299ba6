/** Control, tools, overlays, clocks and floods. */
import { describe, expect, it } from 'vitest';
import {
  Channel,
  type Control,
  decodeClock,
  decodeInput,
  encodeAck,
  encodeClock,
  encodeOverlay,
  type InputAction,
  type OverlayAction,
} from '../../engine/index.js';
import { OverlayModel } from '../../engine/overlay/index.js';
import { authorColour } from '../../engine/protocol/index.js';
import { Hall } from './hall.js';
import { type Peer, STROKE } from './peer.js';

const POINTER: InputAction = { kind: 'pointer', x: 10, y: 20, buttons: 1 };
const DOT: OverlayAction = { kind: 'laser', visible: true, x: 3, y: 4 };

function hallOfThree() {
  const hall = new Hall();
  const host = hall.host();
  return { hall, host, anna: hall.viewer(), bruno: hall.viewer() };
}

describe('control', () => {
  it('is one viewer at a time', () => {
    const { hall, host, anna, bruno } = hallOfThree();
    anna.say({ type: 'set-control', wanted: true });
    bruno.say({ type: 'set-control', wanted: true });
    hall.run();
    expect(bruno.last('participants')?.controller).toBe(1);
    anna.input(POINTER);
    bruno.input(POINTER);
    hall.run();
    expect(host.on(Channel.Input).map((message) => decodeInput(message))).toEqual([
      { viewer: 1, sequence: 1, createdAt: 5, ...POINTER },
    ]);
    expect(hall.relay.counters.dropped['not-controller']).toBe(1);
    bruno.say({ type: 'set-control', wanted: false });
    hall.run();
    expect(host.last('participants')?.controller).toBe(1);
    anna.say({ type: 'set-control', wanted: false });
    bruno.say({ type: 'set-control', wanted: true });
    hall.run();
    expect(host.last('participants')?.controller).toBe(2);
  });

  it('is free again when its viewer leaves', () => {
    const { hall, host, anna } = hallOfThree();
    anna.say({ type: 'set-control', wanted: true });
    hall.run();
    anna.cut();
    hall.run();
    expect(host.last('participants')).toMatchObject({ controller: 0 });
  });

  it('rests while a tool is on', () => {
    const { hall, host, anna } = hallOfThree();
    anna.say({ type: 'set-control', wanted: true });
    anna.say({ type: 'set-tool', tool: 'laser' });
    anna.input(POINTER);
    hall.run();
    expect(host.on(Channel.Input)).toHaveLength(0);
    expect(hall.relay.counters.dropped['tool-on']).toBe(1);
    anna.say({ type: 'set-tool', tool: 'none' });
    anna.input(POINTER);
    hall.run();
    expect(host.on(Channel.Input)).toHaveLength(1);
  });

  it('drops what is meant for a host that is away', () => {
    const { hall, host, anna } = hallOfThree();
    anna.say({ type: 'set-control', wanted: true });
    hall.run();
    host.cut();
    hall.run();
    anna.input(POINTER);
    hall.run();
    expect(hall.relay.counters.dropped['host-away']).toBe(1);
  });
});

const NOTHING = {
  name: 'Bruno',
  quality: 'high',
  tool: 'none',
  control: false,
  recording: false,
  watching: true,
} as const;

function wish(peer: Peer, revision: number, change: Partial<Control<'wishes'>> = {}): void {
  peer.say({ type: 'wishes', ...NOTHING, revision, ...change });
}

describe('who waits for the control', () => {
  const state = (hall: Hall) => hall.relay.snapshot().sessions[0]!;

  it('gets it in turn, knows its place, and may stop waiting', () => {
    const { hall, host, anna, bruno } = hallOfThree();
    const carla = hall.viewer();
    const dora = hall.viewer();
    for (const peer of [anna, bruno, carla, dora]) wish(peer, 1, { control: true });
    hall.run();
    for (const peer of [host, anna, dora]) {
      const { controller, list } = peer.last('participants')!;
      expect(controller).toBe(1);
      expect(list.map(({ waiting }) => waiting)).toEqual([undefined, 1, 2, 3]);
    }
    wish(carla, 2);
    wish(anna, 2);
    hall.run();
    expect(state(hall)).toMatchObject({ controller: 2, waiting: [4] });
    bruno.cut();
    hall.run();
    expect(state(hall)).toMatchObject({ controller: 4, waiting: [] });
  });

  it('does not lose its place by asking again', () => {
    const { hall, anna, bruno } = hallOfThree();
    const carla = hall.viewer();
    for (const peer of [anna, bruno, carla]) wish(peer, 1, { control: true });
    for (let revision = 2; revision < 5; revision++) wish(bruno, revision, { control: true });
    hall.run();
    expect(state(hall)).toMatchObject({ controller: 1, waiting: [2, 3] });
  });

  it('may be passed over by a hand-over, also to one who does not wait', () => {
    const { hall, anna, bruno } = hallOfThree();
    const carla = hall.viewer();
    const dora = hall.viewer();
    for (const peer of [anna, bruno, carla]) wish(peer, 1, { control: true });
    wish(anna, 2, { to: 3 });
    hall.run();
    expect(state(hall)).toMatchObject({ controller: 3, waiting: [2] });
    wish(carla, 2, { to: 4 });
    hall.run();
    expect(state(hall)).toMatchObject({ controller: 4, waiting: [2] });
    // To one who is not here, and to oneself, it cannot be given.
    wish(dora, 1, { to: 99 });
    hall.run();
    expect(state(hall)).toMatchObject({ controller: 2, waiting: [] });
    wish(bruno, 2, { to: 2 });
    hall.run();
    expect(state(hall)).toMatchObject({ controller: 0, waiting: [] });
  });

  it('waits in version 2, too, and is not given there what it did not ask for', () => {
    const { hall, anna } = hallOfThree();
    const old = hall.viewer({ version: 2 });
    anna.say({ type: 'set-control', wanted: true });
    hall.run();
    wish(anna, 1, { to: 3 });
    hall.run();
    expect(state(hall).controller).toBe(0);
    wish(anna, 2, { control: true });
    old.say({ type: 'set-control', wanted: true });
    wish(anna, 3);
    hall.run();
    expect(state(hall).controller).toBe(3);
  });
});

describe('wishes', () => {
  it('count when they are newer than those before, by whichever link, and are answered always', () => {
    const { hall, anna } = hallOfThree();
    const lane = hall.lane(anna);
    const own = () => anna.last('participants')!.list[0]!;
    wish(lane, 3, { tool: 'laser', quality: 'low', recording: true, watching: false, control: true });
    hall.run();
    expect(own()).toMatchObject({
      tool: 'laser',
      quality: 'low',
      recording: true,
      watching: false,
      wishes: 3,
    });
    const before = anna.controls('participants').length;
    wish(anna, 2, { tool: 'whiteboard' });
    wish(anna, 3, { tool: 'whiteboard' });
    hall.run();
    expect(anna.controls('participants')).toHaveLength(before + 2);
    expect(own()).toMatchObject({ tool: 'laser', wishes: 3 });
    expect(hall.state(1)).toMatchObject({ tool: 'laser', level: 1, watching: false, wishes: 3 });
  });

  it('not to watch make the host stop, and bring a whole picture when they end', () => {
    const { hall, host, anna } = hallOfThree();
    wish(anna, 1, { watching: false });
    hall.run();
    expect(host.last('viewer-left')).toMatchObject({ viewer: 1 });
    host.slice({ frame: 1, base: 0 });
    hall.run();
    expect(anna.frames()).toEqual([]);
    const asked = host.controls('refresh').length;
    wish(anna, 2, { watching: false, quality: 'low' });
    hall.run();
    expect(host.controls('refresh')).toHaveLength(asked);
    wish(anna, 3, { quality: 'low' });
    hall.run();
    expect(host.last('viewer-level')).toMatchObject({ viewer: 1, level: 1 });
    expect(host.last('refresh')).toMatchObject({ viewer: 1, level: 1, base: 0 });
  });
});

describe('recording', () => {
  it('is told to everybody', () => {
    const { hall, host, anna, bruno } = hallOfThree();
    anna.say({ type: 'set-recording', active: true });
    hall.run();
    for (const peer of [host, anna, bruno]) {
      expect(peer.last('participants')?.list.map((one) => one.recording)).toEqual([true, false]);
    }
  });
});

describe('overlays', () => {
  it('go to the host and to all others, stamped', () => {
    const { hall, host, anna, bruno } = hallOfThree();
    anna.say({ type: 'set-tool', tool: 'whiteboard' });
    anna.overlay(STROKE);
    hall.run();
    expect(host.overlays()).toMatchObject([{ viewer: 1, sequence: 1, kind: 'stroke' }]);
    expect(bruno.overlays()).toEqual(host.overlays());
    expect(anna.overlays()).toEqual([]);
  });

  it('are drawn with the matching tool only', () => {
    const { hall, host, anna } = hallOfThree();
    for (const action of [STROKE, DOT, { kind: 'erase', scope: 'all' } as const]) anna.overlay(action);
    anna.say({ type: 'set-tool', tool: 'laser' });
    anna.overlay(STROKE);
    anna.overlay({ kind: 'erase', scope: 'mine' });
    anna.say({ type: 'set-tool', tool: 'whiteboard' });
    anna.overlay(DOT);
    hall.run();
    expect(host.overlays()).toEqual([]);
    expect(hall.relay.counters.dropped['tool-off']).toBe(6);
  });

  it('are put away by the relay when the tool is, or when its viewer is lost', () => {
    const { hall, host, anna, bruno } = hallOfThree();
    anna.say({ type: 'set-tool', tool: 'whiteboard' });
    anna.overlay(STROKE);
    anna.say({ type: 'set-tool', tool: 'laser' });
    anna.overlay(DOT);
    hall.run();
    anna.cut();
    hall.run();
    const expected = [
      { viewer: 1, sequence: 1, kind: 'stroke' },
      { viewer: 1, sequence: 0, kind: 'erase', scope: 'mine' },
      { viewer: 1, sequence: 2, kind: 'laser', visible: true },
      { viewer: 1, sequence: 0, kind: 'laser', visible: false },
    ];
    expect(host.overlays()).toMatchObject(expected);
    expect(bruno.overlays()).toMatchObject(expected);
    expect(hall.relay.snapshot().sessions[0]?.strokeBytes).toBe(0);
  });

  it('are shown to those who join later, as far as they are still there', () => {
    const { hall, anna, bruno } = hallOfThree();
    for (const peer of [anna, bruno]) {
      peer.say({ type: 'set-tool', tool: 'whiteboard' });
      peer.overlay(STROKE);
    }
    anna.overlay({ ...STROKE, begin: false, end: true });
    hall.run();
    expect(hall.viewer().overlays()).toMatchObject([{ viewer: 1 }, { viewer: 1, end: true }, { viewer: 2 }]);
    bruno.overlay({ kind: 'erase', scope: 'mine' });
    hall.run();
    expect(hall.viewer().overlays()).toMatchObject([{ viewer: 1 }, { viewer: 1 }]);
    bruno.overlay({ kind: 'erase', scope: 'all' });
    hall.run();
    expect(hall.viewer().overlays()).toEqual([]);
  });

  it('are shown again to a host that returns, on an empty board', () => {
    const { hall, host, anna } = hallOfThree();
    anna.say({ type: 'set-tool', tool: 'whiteboard' });
    anna.overlay(STROKE);
    hall.run();
    host.cut();
    hall.run();
    expect(hall.host().overlays()).toMatchObject([
      { viewer: 0, sequence: 0, kind: 'erase', scope: 'all' },
      { viewer: 1, sequence: 1, kind: 'stroke' },
    ]);
  });

  it('are kept up to a limit, the oldest strokes going first', () => {
    const hall = new Hall({ limits: { maxStrokeBytes: 100 } });
    hall.host();
    const anna = hall.viewer();
    anna.say({ type: 'set-tool', tool: 'whiteboard' });
    for (let stroke = 1; stroke <= 10; stroke++) anna.overlay({ ...STROKE, stroke });
    anna.overlay({ ...STROKE, stroke: 1, begin: false });
    hall.run();
    expect(hall.relay.snapshot().sessions[0]?.strokeBytes).toBe(96);
    expect(hall.viewer().overlays()).toMatchObject([{ stroke: 8 }, { stroke: 9 }, { stroke: 10 }]);
  });

  it('of one stroke alone are taken back, and older parties see it go', () => {
    const hall = new Hall();
    const host = hall.host();
    const [anna, bruno, older] = [hall.viewer(), hall.viewer(), hall.viewer({ version: 2 })];
    anna.say({ type: 'set-tool', tool: 'whiteboard' });
    anna.overlay(STROKE);
    anna.overlay({ ...STROKE, stroke: 8 });
    anna.overlay({ kind: 'erase', scope: 'stroke', stroke: 8 });
    hall.run();
    expect(host.overlays().at(-1)).toMatchObject({ viewer: 1, kind: 'erase', scope: 'stroke', stroke: 8 });
    expect(bruno.overlays()).toEqual(host.overlays());
    expect(older.overlays().at(-1)).toMatchObject({ viewer: 1, kind: 'stroke', stroke: 8, begin: true });
    const model = new OverlayModel();
    for (const event of older.overlays()) model.apply(event, 0);
    const inPicture = Array.from(model.strokes).filter(({ points }) => points[0]! < 16_383);
    expect(inPicture.map(({ id }) => id)).toEqual([STROKE.stroke]);
    expect(hall.viewer().overlays()).toHaveLength(1);
  });

  it('have a colour that nobody else has who is there, as long as there are enough', () => {
    const hall = new Hall();
    hall.host();
    const first = hall.viewer();
    const others = Array.from({ length: 7 }, () => hall.viewer());
    hall.run();
    others[2]!.cut();
    hall.run();
    hall.viewer();
    hall.run();
    const list = first.last('participants')!.list;
    expect(new Set(list.map(({ viewer }) => authorColour(viewer))).size).toBe(8);
    hall.viewer();
    hall.run();
    expect(first.last('participants')!.list).toHaveLength(9);
  });

  it('are kept as copies: a message may be overwritten once it was handled', () => {
    const { hall, anna } = hallOfThree();
    anna.say({ type: 'set-tool', tool: 'whiteboard' });
    const message = encodeOverlay({ viewer: 0, sequence: 1, createdAt: 5, ...STROKE });
    anna.link.send(message);
    hall.run();
    message.fill(0xdd);
    expect(hall.viewer().overlays()).toMatchObject([{ viewer: 1, sequence: 1, ...STROKE }]);
  });
});

describe('answers of the host', () => {
  it('reach the one viewer that they are for, by its second link if it has one', () => {
    const { hall, host, anna, bruno } = hallOfThree();
    const lane = hall.lane(anna);
    lane.link.send(encodeClock({ kind: 'ping', viewer: 99, askedAt: 7, answeredAt: 0 }));
    bruno.link.send(encodeClock({ kind: 'ping', viewer: 99, askedAt: 8, answeredAt: 0 }));
    hall.run();
    const pings = host.on(Channel.Clock).map((message) => decodeClock(message));
    expect(pings.map((ping) => ping.viewer)).toEqual([1, 2]);
    for (const ping of pings) host.link.send(encodeClock({ ...ping, kind: 'pong', answeredAt: 9 }));
    const applied = { kind: 'applied', channel: Channel.Input, sequence: 3, frame: 1, appliedAt: 4 } as const;
    host.link.send(encodeAck({ ...applied, viewer: 1 }));
    host.link.send(encodeAck({ ...applied, viewer: 50 }));
    host.link.send(encodeAck({ ...applied, viewer: 2, sequence: 0 }));
    hall.run();
    expect(lane.on(Channel.Clock)).toHaveLength(1);
    expect(lane.acks()).toMatchObject([{ kind: 'applied', viewer: 1, sequence: 3 }]);
    expect(anna.on(Channel.Clock)).toHaveLength(0);
    expect(bruno.on(Channel.Clock)).toHaveLength(1);
    expect(bruno.acks()).toEqual([]);
    expect(hall.relay.counters.dropped['unknown-viewer']).toBe(1);
  });
});

describe('a flood', () => {
  it('of events is thinned, and costs the others nothing', () => {
    const { hall, host, anna, bruno } = hallOfThree();
    anna.say({ type: 'set-control', wanted: true });
    bruno.say({ type: 'set-tool', tool: 'laser' });
    for (let index = 0; index < 10_000; index++) anna.input(POINTER);
    for (let index = 0; index < 10_000; index++) bruno.overlay(DOT);
    for (let index = 0; index < 100; index++) {
      anna.link.send(encodeClock({ kind: 'ping', viewer: 0, askedAt: 1, answeredAt: 0 }));
    }
    hall.run();
    expect(host.on(Channel.Input)).toHaveLength(2_000);
    expect(host.on(Channel.Overlay)).toHaveLength(2_000);
    expect(host.on(Channel.Clock)).toHaveLength(40);
    // The newest place of the pointer waits for its turn.
    expect(hall.relay.counters.dropped.rate).toBe(7_999 + 8_000 + 60);
    hall.run(1_000_000);
    expect(host.on(Channel.Input)).toHaveLength(2_001);
    for (let index = 0; index < 2_000; index++) anna.input(POINTER);
    hall.run();
    expect(host.on(Channel.Input)).toHaveLength(3_000);
    hall.run(1_000);
    expect(host.on(Channel.Input)).toHaveLength(3_001);
  });

  it('of input leaves nothing pressed, and the pointer where it is', () => {
    const { hall, host, anna } = hallOfThree();
    anna.say({ type: 'set-control', wanted: true });
    anna.input({ kind: 'key', code: 'ShiftLeft', down: true });
    for (let x = 0; x < 5_000; x++) anna.input({ kind: 'pointer', x, y: 1, buttons: 1 });
    anna.input({ kind: 'key', code: 'KeyB', down: true });
    anna.input({ kind: 'key', code: 'ShiftLeft', down: false });
    anna.input({ kind: 'key', code: 'KeyB', down: false });
    anna.input({ kind: 'pointer', x: 5_000, y: 2, buttons: 0 });
    for (let x = 6_000; x <= 7_000; x++) anna.input({ kind: 'pointer', x, y: 3, buttons: 0 });
    hall.run(2_000);
    const tail = host.on(Channel.Input).map((message) => decodeInput(message));
    expect(tail.slice(-3)).toMatchObject([
      { kind: 'key', code: 'ShiftLeft', down: false },
      { kind: 'pointer', x: 5_000, buttons: 0 },
      { kind: 'pointer', x: 7_000, buttons: 0 },
    ]);
    expect(tail.some((event) => event.kind === 'key' && event.code === 'KeyB')).toBe(false);
  });

  it('of releases passes as far as something was held', () => {
    const { hall, host, anna } = hallOfThree();
    anna.say({ type: 'set-control', wanted: true });
    for (let index = 0; index < 10_000; index++) anna.input({ kind: 'key', code: 'KeyA', down: false });
    hall.run();
    expect(host.on(Channel.Input)).toHaveLength(2_000);
  });

  it('of moves waits no longer than its viewer has the control', () => {
    const { hall, host, anna } = hallOfThree();
    anna.say({ type: 'set-control', wanted: true });
    for (let index = 0; index < 3_000; index++) anna.input(POINTER);
    anna.say({ type: 'set-control', wanted: false });
    hall.run(10_000);
    expect(host.on(Channel.Input)).toHaveLength(2_000);
  });

  it('of wishes closes the link', () => {
    const { hall, anna } = hallOfThree();
    for (let index = 0; index < 61; index++) anna.say({ type: 'set-control', wanted: true });
    hall.run();
    expect(anna.closed?.code).toBe(4429);
  });
});
