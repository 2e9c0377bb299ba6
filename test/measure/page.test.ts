/**
 * The page in Chromium and a viewer in memory measure one session, frame by frame. Host, relay and the viewer in memory
 * share this process and its clock, so whatever the page's clock is wrong by shows between the two.
 */
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { ColourLevel } from '../../codecs/index.js';
import {
  formatAddress,
  HeadlessViewer,
  HostSession,
  type HostTrace,
  type RelayTrace,
  type RunningRelay,
  startRelay,
  systemClock,
} from '../../engine/index.js';
import { dialWebSocket } from '../../engine/transport/index.js';
import { histogramText } from '../../harness/histogram-text.js';
import { SimulatedDesktop } from '../../harness/hosts/index.js';
import { PhaseTime } from '../../harness/measure/blocks.js';
import { HeadlessTechnician } from '../../harness/measure/headless-technician.js';
import { DEFAULT_SETTINGS, measure } from '../../harness/measure/index.js';
import type { Lab } from '../../harness/measure/lab.js';
import type { MeasuredFrame, MeasuredHandlers } from '../../harness/measure/measured-viewer.js';
import { launchChromium } from '../../harness/measure/page/browser.js';
import { PageTechnician } from '../../harness/measure/page/page-technician.js';
import type { StageName } from '../../harness/measure/stage-kinds.js';
import { StageBook } from '../../harness/measure/stages.js';
import { quantileOf, readHistogram } from '../../harness/reports/histogram.js';

const SAME_CLOCK = { offset: 0, error: 0 };
const RATE = 20;

/** What a measured viewer told. */
class Told implements MeasuredHandlers {
  readonly frames = new Map<number, MeasuredFrame>();
  readonly sent: { sequence: number; intendedAt: number; sentAt: number }[] = [];
  readonly applied = new Map<number, number>();

  onFrame(frame: MeasuredFrame): void {
    // The page begins on the auto stream, whose frames have numbers of their own.
    if (frame.refinement || frame.base === 0 || frame.level !== ColourLevel.High) return;
    // The picture in memory is another one later.
    const marker = frame.marker();
    this.frames.set(frame.frame, { ...frame, marker: () => marker });
  }

  onSent(...[, sequence, intendedAt, sentAt]: Parameters<MeasuredHandlers['onSent']>): void {
    this.sent.push({ sequence, intendedAt, sentAt });
  }

  onApplied(...[, id, at]: Parameters<MeasuredHandlers['onApplied']>): void {
    this.applied.set(id, at);
  }
}

let relay: RunningRelay;
let host: HostSession;
let page: PageTechnician;
let headless: HeadlessTechnician;
/** The largest that was stated with any frame: the clocks are known better and better. */
let pageError = 0;

class ToldByPage extends Told {
  override onFrame(frame: MeasuredFrame): void {
    super.onFrame(frame);
    pageError = Math.max(pageError, page?.clockError ?? 0);
  }
}

const told = { page: new ToldByPage(), headless: new Told() };
const traces: { host: HostTrace[]; relay: RelayTrace[] } = { host: [], relay: [] };

beforeAll(async () => {
  const token = randomBytes(18).toString('base64url');
  relay = await startRelay({ onTrace: (trace) => traces.relay.push(trace) });
  const socket = `${relay.address.replace(/^http/, 'ws')}/ws`;
  const source = new SimulatedDesktop({
    clock: systemClock,
    width: 640,
    height: 480,
    scenes: ['form', 'idle'],
    markers: true,
  });
  host = new HostSession({
    source,
    dial: () => dialWebSocket(socket),
    clock: systemClock,
    token,
    key: randomBytes(18).toString('base64url'),
    name: 'measured host',
    threads: 0,
    onTrace: (trace) => traces.host.push(trace),
  });
  await host.start();
  const address = formatAddress(relay.address, token);
  const lab = {
    clock: systemClock,
    hostOffset: SAME_CLOCK,
    openViewer: (_: number, handlers) => HeadlessViewer.open({ address, handlers }),
  } satisfies Partial<Lab> as unknown as Lab;
  headless = await HeadlessTechnician.open(lab, told.headless);
  page = await PageTechnician.open(lab, { address, quality: 'high', handlers: told.page });
  await headless.untilReady(30_000_000);
  await page.untilReady(30_000_000);
  page.setControl(true);
  await page.until(() => page.state.controller === page.state.viewer, 'control');
  const { x, y } = source.locate('form.field')!;
  page.input([1, 0].map((buttons) => ({ kind: 'pointer', x: x + 5, y: y + 5, buttons })));
  await page.until(() => page.state.level === ColourLevel.High, 'level high');
  await page.perform({
    rate: RATE,
    duration: 4,
    deed: () => ({ kind: 'input', actions: [{ kind: 'text', text: 'x' }] }),
  });
  await page.until(() => told.page.applied.size === told.page.sent.length, 'what was sent last');
  const last = Math.max(...told.headless.frames.keys());
  await page.until(() => told.page.frames.has(last), 'the last frame');
});

afterAll(async () => {
  await page?.close();
  await headless?.close();
  await host?.stop();
  await relay?.close();
});

/**
 * The stages of the display, of the frames that both have shown, as one viewer saw them: the 10th percentiles. On a busy
 * machine a message may wait before one viewer and not before the other, which is no error of a clock.
 */
function undisturbed(seenBy: Told, viewer: number): ReadonlyMap<StageName, number> {
  const book = new StageBook(viewer, 'high', new PhaseTime());
  for (const frame of bothShowed().map((number) => seenBy.frames.get(number)!)) book.frame(frame);
  book.settle({ ...traces, offsets: { host: SAME_CLOCK, relay: SAME_CLOCK } });
  const stages = book.sets().get('display')!;
  return new Map(
    [...stages].map(([stage, set]) => [
      stage,
      quantileOf(readHistogram(set.figures(histogramText).histogram), 0.1),
    ]),
  );
}

function bothShowed(): number[] {
  return [...told.page.frames.keys()].filter((frame) => told.headless.frames.has(frame));
}

describe('a page and a viewer in memory', () => {
  it('agree on the stages that they share, within the error that is stated', () => {
    expect(bothShowed().length).toBeGreaterThan(RATE);
    const byPage = undisturbed(told.page, page.state.viewer);
    const byHeadless = undisturbed(told.headless, headless.state.viewer);
    expect([...byPage.keys()]).toEqual([...byHeadless.keys(), 'animation', 'compose', 'present']);
    for (const [stage, time] of byHeadless) {
      expect(Math.abs(byPage.get(stage)! - time), stage).toBeLessThanOrEqual(pageError);
    }
  });

  it('agree that no frame came before the relay had it, beyond the error; the page’s times are in order', () => {
    const forwarded = new Map<number, number>();
    for (const trace of traces.relay) {
      const isOurs = trace.kind === 'frame' && trace.level === ColourLevel.High && trace.viewer === 0;
      if (isOurs) forwarded.set(trace.frame, trace.receivedAt);
    }
    for (const { frame, completedAt, decodedAt, screen } of told.page.frames.values()) {
      const { paintAt, composedAt, presentedAt } = screen!;
      const times = [
        forwarded.get(frame)! - pageError,
        completedAt,
        decodedAt,
        paintAt,
        composedAt,
        presentedAt,
      ];
      expect(times).toEqual(times.toSorted((one, other) => one - other));
    }
  });

  it('agree with the host on when it acted, and lose no event', () => {
    const applied = new Map<number, number>();
    for (const trace of traces.host) {
      if (trace.kind === 'applied' && trace.viewer === page.state.viewer) {
        applied.set(trace.sequence, trace.appliedAt);
      }
    }
    expect(told.page.sent).toHaveLength(4 * RATE);
    for (const { sequence, intendedAt, sentAt } of told.page.sent) {
      expect(sentAt).toBeGreaterThanOrEqual(intendedAt);
      // The page reckons with one clock for both of its times: nothing but rounding is left.
      expect(Math.abs(told.page.applied.get(sequence)! - applied.get(sequence)!)).toBeLessThan(2);
    }
  });

  it('read the same markers from what they show', () => {
    const last = Math.max(...bothShowed());
    const marker = told.page.frames.get(last)!.marker();
    expect(marker).toEqual({
      viewer: page.state.viewer & 0xff,
      sequence: told.page.sent.at(-1)!.sequence & 0xffff,
    });
    expect(told.headless.frames.get(last)!.marker()).toEqual(marker);
    // A press is on the canvas in the frame whose marker names it, and not earlier.
    const named = [...told.page.frames.values()].flatMap((frame) => frame.marker()?.sequence ?? []);
    expect(named.length).toBeGreaterThan(RATE);
    expect(named).toEqual(named.toSorted((one, other) => one - other));
  });
});

it('says what is missing where there is no Chromium', async () => {
  vi.stubEnv('SIGHTLINE_CHROMIUM', '/nowhere/chromium');
  await expect(launchChromium()).rejects.toMatchObject({ code: 'missing-tool' });
  vi.unstubAllEnvs();
});

it('takes no page into virtual time', async () => {
  const settings = { ...DEFAULT_SETTINGS, viewer: 'page', virtual: true } as const;
  await expect(measure(settings)).rejects.toMatchObject({ code: 'bad-argument', field: 'viewer' });
});
