/** Positions on their way to somebody who is slow: the newest wins, and nothing else is lost or changes places. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  decodeInput,
  decodeOverlay,
  encodeInput,
  encodeOverlay,
  type InputAction,
  type OverlayAction,
  type Point,
} from '../../engine/index.js';
import { Channel } from '../../engine/protocol/index.js';
import { Thinner } from '../../engine/transport/thinner.js';
import { FakeClock } from '../support/clock.js';

/** A receiver that is behind when it is told to be. */
class Receiver {
  readonly clock = new FakeClock();
  readonly thinner: Thinner;
  readonly got: Uint8Array[] = [];
  isBehind = true;
  leftOut = 0;
  #sequence = 0;

  constructor() {
    this.thinner = new Thinner(this.clock, {
      send: (message) => this.got.push(message.slice()),
      isBehind: () => this.isBehind,
      leftOut: () => this.leftOut++,
    });
  }

  input(action: InputAction, viewer = 1): void {
    this.#send(encodeInput({ viewer, sequence: ++this.#sequence, createdAt: 1, ...action }));
  }

  overlay(action: OverlayAction, viewer = 1): void {
    this.#send(encodeOverlay({ viewer, sequence: ++this.#sequence, createdAt: 1, ...action }));
  }

  /** Everything that has come, its receiver having caught up. */
  all() {
    this.isBehind = false;
    this.clock.advanceNow(100_000);
    return this.got.map((message) =>
      message[0] === Channel.Input ? decodeInput(message) : decodeOverlay(message),
    );
  }

  /** The sender may use its message's memory again. */
  #send(message: Uint8Array): void {
    this.thinner.send(message);
    message.fill(0xdd);
  }
}

const move = (x: number, buttons = 0): InputAction => ({ kind: 'pointer', x, y: 1, buttons });
const dot = (x: number, visible = true): OverlayAction => ({ kind: 'laser', visible, x, y: 1 });
const stroke = (id: number, points: readonly Point[], begin = false, end = false): OverlayAction => ({
  kind: 'stroke',
  stroke: id,
  begin,
  end,
  points,
});

describe('positions', () => {
  test('go at once to who keeps up', () => {
    const receiver = new Receiver();
    receiver.isBehind = false;
    for (let x = 0; x < 50; x++) receiver.overlay(dot(x));
    expect(receiver.got).toHaveLength(50);
    expect(receiver.clock.pending).toBe(0);
  });

  test('become the newest of each author for who is behind', () => {
    const receiver = new Receiver();
    for (let x = 0; x < 50; x++) {
      receiver.overlay(dot(x), 1);
      receiver.overlay(dot(100 + x), 2);
      receiver.input(move(x), 1);
    }
    expect(receiver.got).toHaveLength(0);
    expect(receiver.all()).toMatchObject([
      { kind: 'laser', viewer: 1, x: 49 },
      { kind: 'laser', viewer: 2, x: 149 },
      { kind: 'pointer', x: 49 },
    ]);
    expect(receiver.leftOut).toBe(147);
    expect(receiver.clock.pending).toBe(0);
  });

  test('go after a quarter of a second, whatever the line carries', () => {
    const receiver = new Receiver();
    receiver.overlay(dot(1));
    receiver.clock.advanceNow(200_000);
    expect(receiver.got).toHaveLength(0);
    receiver.clock.advanceNow(100_000);
    expect(receiver.got).toHaveLength(1);
  });

  test('end with the dot hidden, if that came last', () => {
    const receiver = new Receiver();
    receiver.overlay(dot(1));
    receiver.overlay(dot(2, false));
    expect(receiver.all()).toMatchObject([{ visible: false }]);
  });

  test('wait, and what presses a button does not', () => {
    const receiver = new Receiver();
    receiver.input(move(1));
    receiver.input(move(2, 1));
    expect(receiver.got).toHaveLength(2);
    receiver.input(move(3, 1));
    receiver.input(move(4));
    expect(receiver.got).toHaveLength(4);
  });

  test('come before the button, key or text that followed them', () => {
    const receiver = new Receiver();
    receiver.input(move(1));
    receiver.input(move(2));
    receiver.input(move(2, 1));
    receiver.input(move(3, 1));
    receiver.input(move(4, 1));
    receiver.input(move(4));
    receiver.input(move(5));
    receiver.input({ kind: 'key', code: 'KeyA', down: true });
    receiver.input(move(6));
    receiver.input({ kind: 'text', text: 'b' });
    expect(
      receiver.all().map((event) => (event.kind === 'pointer' ? `${event.x}:${event.buttons}` : event.kind)),
    ).toEqual(['2:0', '2:1', '4:1', '4:0', '5:0', 'key', '6:0', 'text']);
  });

  test('sum up what a wheel has turned', () => {
    const receiver = new Receiver();
    for (let turn = 0; turn < 5; turn++) receiver.input({ kind: 'wheel', x: turn, y: 0, dx: -3, dy: 30_000 });
    const turns = receiver.all().filter((event) => event.kind === 'wheel');
    expect(turns.reduce((sum, { dy }) => sum + dy, 0)).toBe(150_000);
    expect(turns.reduce((sum, { dx }) => sum + dx, 0)).toBe(-15);
    expect(turns.at(-1)!.x).toBe(4);
  });

  test('keep the beginning and the end of every stroke, with fewer points between', () => {
    const receiver = new Receiver();
    const points = Array.from({ length: 400 }, (_, index) => ({ x: index, y: 2 }));
    receiver.overlay(stroke(1, points.slice(0, 1), true));
    for (let at = 1; at < 399; at++) receiver.overlay(stroke(1, points.slice(at, at + 1)));
    receiver.overlay(stroke(1, points.slice(399), false, true));
    receiver.overlay(stroke(2, points.slice(0, 2), true, true));
    receiver.overlay({ kind: 'erase', scope: 'mine' });
    const [first, second, erase] = receiver.all();
    expect(first).toMatchObject({ stroke: 1, begin: true, end: true });
    const left = first!.kind === 'stroke' ? first!.points : [];
    expect(left.length).toBeLessThanOrEqual(100);
    expect([left[0]!.x, left.at(-1)!.x]).toEqual([0, 399]);
    expect(second).toMatchObject({ stroke: 2, begin: true, end: true });
    expect(erase!.kind).toBe('erase');
  });

  test('are not kept without bound', () => {
    const receiver = new Receiver();
    for (let id = 0; id < 1_000; id++) receiver.overlay(stroke(id, [{ x: id, y: 0 }], true, true));
    expect(receiver.thinner.waiting).toBeLessThanOrEqual(64);
    expect(receiver.all()).toHaveLength(1_000);
  });

  test('never hide, change or move anything else, in any order', () => {
    const step = fc.record({
      viewer: fc.constantFrom(1, 2),
      kind: fc.constantFrom(
        'move',
        'press',
        'release',
        'key',
        'text',
        'wheel',
        'dot',
        'hide',
        'stroke',
        'erase',
      ),
      value: fc.nat(200),
      behind: fc.boolean(),
      wait: fc.constantFrom(0, 0, 5_000, 30_000),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const receiver = new Receiver();
        const sent: string[] = [];
        const last = new Map<string, number>();
        let turned = 0;
        const buttons = new Map<number, number>();
        for (const { viewer, kind, value, behind, wait } of steps) {
          receiver.isBehind = behind;
          receiver.clock.advanceNow(wait);
          const held = buttons.get(viewer) ?? 0;
          switch (kind) {
            case 'move':
              receiver.input(move(value, held), viewer);
              last.set(`pointer ${viewer}`, value);
              break;
            case 'press':
            case 'release': {
              const now = kind === 'press' ? 1 : 0;
              if (now !== held) sent.push(`buttons ${viewer} ${now}`);
              buttons.set(viewer, now);
              receiver.input(move(value, now), viewer);
              last.set(`pointer ${viewer}`, value);
              break;
            }
            case 'key':
              receiver.input({ kind: 'key', code: `K${value}`, down: true }, viewer);
              sent.push(`key ${viewer} K${value}`);
              break;
            case 'text':
              receiver.input({ kind: 'text', text: `t${value}` }, viewer);
              sent.push(`text ${viewer} t${value}`);
              break;
            case 'wheel':
              receiver.input({ kind: 'wheel', x: 0, y: 0, dx: 0, dy: value }, viewer);
              turned += value;
              break;
            case 'dot':
            case 'hide':
              receiver.overlay(dot(value, kind === 'dot'), viewer);
              last.set(`laser ${viewer}`, kind === 'dot' ? value : -1);
              break;
            case 'stroke':
              receiver.overlay(stroke(value, [{ x: value, y: 0 }], true, true), viewer);
              sent.push(`stroke ${viewer} ${value}`);
              break;
            default:
              receiver.overlay({ kind: 'erase', scope: 'mine' }, viewer);
              sent.push(`erase ${viewer}`);
          }
        }
        const got: string[] = [];
        const held = new Map<number, number>();
        const seen = new Map<string, number>();
        let turns = 0;
        for (const event of receiver.all()) {
          const { viewer } = event;
          if (event.kind === 'pointer') {
            if (event.buttons !== (held.get(viewer) ?? 0)) got.push(`buttons ${viewer} ${event.buttons}`);
            held.set(viewer, event.buttons);
            seen.set(`pointer ${viewer}`, event.x);
          } else if (event.kind === 'laser') seen.set(`laser ${viewer}`, event.visible ? event.x : -1);
          else if (event.kind === 'wheel') turns += event.dy;
          else if (event.kind === 'key') got.push(`key ${viewer} ${event.code}`);
          else if (event.kind === 'text') got.push(`text ${viewer} ${event.text}`);
          else if (event.kind === 'stroke') got.push(`stroke ${viewer} ${event.stroke}`);
          else got.push(`erase ${viewer}`);
        }
        for (const viewer of [1, 2]) {
          const of = (list: string[], channel: RegExp) =>
            list.filter((one) => one.split(' ')[1] === `${viewer}` && channel.test(one));
          for (const channel of [/^(buttons|key|text)/, /^(stroke|erase)/]) {
            expect(of(got, channel)).toEqual(of(sent, channel));
          }
        }
        expect(seen).toEqual(new Map([...seen.keys()].map((key) => [key, last.get(key)])));
        expect(seen.size).toBe(last.size);
        expect(turns).toBe(turned);
      }),
      { numRuns: 500 },
    );
  });
});
