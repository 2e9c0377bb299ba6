/** What buttons and keys of the player come to, and what is told of conversions; without a page. */
import { describe, expect, it } from 'vitest';
import { catalogues, sayIn } from '../../harness/console/messages.js';
import { type Conversion, Conversions } from '../../harness/console/recordings/conversions.js';
import { PLAYER_KEYS, playerKeyOf } from '../../harness/console/recordings/keys.js';
import type { Entry } from '../../harness/console/recordings/library.js';
import { OpenPlayer } from '../../harness/console/recordings/open-player.js';
import type { FromPlayer, ToPlayer } from '../../harness/console/recordings/playback/api.js';
import type { PlaybackState } from '../../harness/console/recordings/playback/playback.js';
import { chapterInWords } from '../../harness/console/recordings/words.js';
import { timeInWords } from '../../harness/console/ui/units.js';

const SECOND = 1_000_000;
const ENTRY: Entry = { id: 1, name: 'Talk', file: new File([], 'Talk.rcrec') };

class Port {
  readonly sent: ToPlayer[] = [];
  ended = false;

  postMessage(message: ToPlayer): void {
    this.sent.push(message);
  }

  terminate(): void {
    this.ended = true;
  }

  /** The newest jump that was asked for. */
  get jump(): Extract<ToPlayer, { kind: 'seek' }> | undefined {
    return this.sent.findLast((message) => message.kind === 'seek');
  }
}

function openPlayer() {
  const port = new Port();
  const surveyor = new Port();
  const player = new OpenPlayer(ENTRY, port, surveyor);
  const summary = {
    session: '',
    host: '',
    program: '',
    startedAt: 0,
    duration: 60 * SECOND,
    size: 1,
    width: 1,
    height: 1,
    participants: [],
    complete: true,
    busy: false,
  };
  player.hear({ kind: 'opened', summary });
  const tell = (state: Partial<PlaybackState>) =>
    player.hear({
      kind: 'state',
      jumps: port.jump?.count ?? 0,
      state: { ...player.state.playback, seeking: false, ...state },
    });
  tell({ time: 0 });
  return { port, surveyor, player, tell };
}

describe('the player', () => {
  it('moves the bar at once, and heeds no news that are older than the jump', () => {
    const { player, port } = openPlayer();
    player.seek(30 * SECOND);
    expect(player.state.playback).toMatchObject({ time: 30 * SECOND, seeking: true });
    const older = { ...player.state.playback, time: 2 * SECOND, seeking: false };
    player.hear({ kind: 'state', jumps: 0, state: older });
    expect(player.state.playback.time).toBe(30 * SECOND);
    player.hear({ kind: 'state', jumps: port.jump!.count, state: { ...older, time: 30 * SECOND } });
    expect(player.state.playback.seeking).toBe(false);
    player.seek(99 * SECOND);
    expect(port.jump!.time).toBe(60 * SECOND);
  });

  it('lets each jump of a hand on the bar be seen before the next, of which the newest counts', () => {
    const { player, port, tell } = openPlayer();
    player.scrub(10 * SECOND);
    player.scrub(11 * SECOND);
    player.scrub(12 * SECOND);
    expect(port.sent.filter(({ kind }) => kind === 'seek')).toHaveLength(1);
    tell({ time: 10 * SECOND });
    expect(port.jump!.time).toBe(12 * SECOND);
    tell({ time: 12 * SECOND });
    expect(port.sent.filter(({ kind }) => kind === 'seek')).toHaveLength(2);
  });

  it('goes through speeds and chapters, not beyond their ends', () => {
    const { player, port, tell } = openPlayer();
    const speeds = () => port.sent.flatMap((message) => (message.kind === 'speed' ? [message.speed] : []));
    player.shiftSpeed(1);
    tell({ speed: 16 });
    player.shiftSpeed(1);
    tell({ speed: 0.25 });
    player.shiftSpeed(-1);
    expect(speeds()).toEqual([2, 16, 0.25]);
    const chapters = [5, 20].map((at) => ({ kind: 'released' as const, time: at * SECOND }));
    player.hear({
      kind: 'outline',
      outline: { frames: new Float64Array(), chapters, idle: [], gaps: [], lostSlices: 0 },
    });
    tell({ time: 7 * SECOND });
    player.shiftChapter(1);
    expect(port.jump!.time).toBe(20 * SECOND);
    // Shortly behind a chapter, back is the one before it.
    tell({ time: 21 * SECOND });
    player.shiftChapter(-1);
    expect(port.jump!.time).toBe(5 * SECOND);
    tell({ time: 5 * SECOND });
    player.shiftChapter(-1);
    expect(port.jump!.time).toBe(0);
    tell({ time: 40 * SECOND });
    const before = port.sent.length;
    player.shiftChapter(1);
    expect(port.sent).toHaveLength(before);
  });

  it('has both of its workers ended', () => {
    const { player, port, surveyor } = openPlayer();
    player.close();
    expect([port.ended, surveyor.ended]).toEqual([true, true]);
  });
});

describe('the player’s keys', () => {
  const press = { code: '', ctrlKey: false, altKey: false, shiftKey: false, metaKey: false };

  it('are all different and all explained', () => {
    const keys = PLAYER_KEYS.flatMap((one) => one.keys);
    expect(new Set(keys).size).toBe(keys.length);
    for (const { help } of PLAYER_KEYS) expect(catalogues.en[help]).toBeTruthy();
  });

  it('are found in the layout in use, digits by their place', () => {
    expect(playerKeyOf({ ...press, key: 'K', code: 'KeyK' })?.meaning.help).toBe('player.play');
    expect(playerKeyOf({ ...press, key: '-', code: 'Digit6' })?.key).toBe('6');
    expect(playerKeyOf({ ...press, key: '7', code: 'Numpad7' })?.key).toBe('7');
    expect(playerKeyOf({ ...press, key: 'Home', code: 'Numpad7' })?.key).toBe('Home');
    expect(playerKeyOf({ ...press, key: 'l', code: 'KeyL', ctrlKey: true })).toBeUndefined();
    expect(playerKeyOf({ ...press, key: 'Tab', code: 'Tab' })).toBeUndefined();
  });
});

describe('words', () => {
  it('give times as players do', () => {
    expect([0, 59.96, 61, 3600, 36_061].map((seconds) => timeInWords(seconds * SECOND))).toEqual([
      '0:00',
      '0:59',
      '1:01',
      '1:00:00',
      '10:01:01',
    ]);
    expect(timeInWords(59.96 * SECOND, true)).toBe('0:59.9');
  });

  it('shorten what was said to a line', () => {
    const said = (text: string) => chapterInWords(sayIn('en'), { kind: 'chat', time: 0, name: 'Ada', text });
    expect(said('Hello')).toBe('Ada: Hello');
    expect(said('Hello\nthere')).toBe('Ada: Hello…');
    expect(said('x'.repeat(500))).toHaveLength(86);
  });
});

describe('conversions', () => {
  function makeConversions() {
    const ports: Port[] = [];
    const hears: ((news: FromPlayer) => void)[] = [];
    const changes: Conversion[] = [];
    const time = { now: 0 };
    const conversions = new Conversions(
      (hear) => {
        hears.push(hear);
        ports.push(new Port());
        return ports.at(-1)!;
      },
      (changed) => changes.push(changed),
      () => time.now,
    );
    const start = () =>
      conversions.start(ENTRY, { container: 'mkv' }, 'https://relay.test/?tab=recordings', 'en');
    return { conversions, ports, hears, changes, time, start };
  }

  it('tell how far they are, how fast, and how long still', () => {
    const { conversions, ports, hears, time, start } = makeConversions();
    start();
    expect(ports[0]!.sent[0]).toMatchObject({
      kind: 'convert',
      kernels: 'https://relay.test/kernels.wasm',
      coders: 'https://relay.test/recording.wasm',
    });
    time.now = 100;
    const progress = { frames: 1, done: SECOND, total: 60 * SECOND, bytes: 5 };
    hears[0]!({ kind: 'converting', progress });
    expect(conversions.list[0]).toMatchObject({ phase: 'running', timeLeft: undefined });
    time.now = 1000;
    hears[0]!({ kind: 'converting', progress: { ...progress, done: 20 * SECOND } });
    expect(conversions.list[0]).toMatchObject({ fileName: 'Talk.mkv', timeLeft: 2000, speed: 20 });
    expect(conversions.areRunning).toBe(true);
  });

  it('end whole, failed or given up, and their workers with them', () => {
    const { conversions, ports, hears, changes, start } = makeConversions();
    for (let count = 0; count < 3; count++) start();
    const summary = {} as Extract<FromPlayer, { kind: 'converted' }>['summary'];
    hears[0]!({ kind: 'converted', file: new Blob(['video']), summary });
    hears[1]!({ kind: 'fault', fault: { code: 'no-space', message: 'full' } });
    conversions.cancel(3);
    expect(ports[2]!.sent.at(-1)).toEqual({ kind: 'cancel' });
    hears[2]!({ kind: 'fault', fault: { code: 'closed', message: 'cancelled' } });
    expect(conversions.list.map(({ phase }) => phase)).toEqual(['done', 'failed']);
    expect(ports.map(({ ended }) => ended)).toEqual([true, true, true]);
    expect(changes.filter(({ phase }) => phase === 'done')).toHaveLength(1);
    conversions.cancel(1);
    conversions.cancel(2);
    expect(conversions.list).toEqual([]);
    expect(conversions.areRunning).toBe(false);
  });
});
