/**
 * The measured viewer that is the console's page in Chromium, from its address on: its own worker, canvases and
 * animation frames. What it tells is fetched a few times a second and carries its own times, so that fetching it does
 * not count.
 *
 * The page's clock is compared with the host's by the page itself, as it does for its own figures, and the host's with
 * the lab's; the errors of both add up.
 */
import type { Browser, CDPSession, Page } from 'playwright-core';
import { type QualityName, SightlineError } from '../../../codecs/index.js';
import type { InputAction, Micros, OffsetEstimate } from '../../../engine/index.js';
import type { ViewerState } from '../../../engine/viewer/index.js';
import type { AppliedRecord, FrameRecord, LabAction, LabTaken } from '../../console/session/lab-api.js';
import type { Lab } from '../lab.js';
import type { Deed, EventKind, MeasuredHandlers, MeasuredViewer, Plan } from '../measured-viewer.js';
import { TIMER_RESOLUTION } from '../timetable.js';
import { launchChromium } from './browser.js';
import { hashInPage, performInPage, sendInPage, takeFromPage, type Untimed, watchPage } from './in-page.js';

/** How often the page is asked what has happened, milliseconds. */
const TAKE_MS = 200;
/** Until the page is loaded, over the slowest of links. */
const LOAD_LIMIT_MS = 600_000;
/** What the page does in one go must be over after this. */
const UNTIL_LIMIT: Micros = 60_000_000;

export interface PageOptions {
  readonly address: string;
  readonly quality: QualityName;
  readonly handlers: MeasuredHandlers;
}

export class PageTechnician implements MeasuredViewer {
  readonly #lab: Lab;
  readonly #handlers: MeasuredHandlers;
  readonly #browser: Browser;
  readonly #page: Page;
  readonly #cdp: CDPSession;
  readonly #waiters = new Set<() => void>();
  readonly #faults: string[] = [];
  #taken: LabTaken;
  #taking: Promise<void> | undefined;
  readonly #timer: ReturnType<typeof setInterval>;
  /** Frames whose pictures are exactly the host's, of the newest. */
  readonly #exact = new Map<number, boolean>();
  /** When each event was due on the page's clock, until the host has acted on it. */
  readonly #due = new Map<string, Micros>();
  /** What a plan did last, so that only the first action of a time counts. */
  #lastDue: Micros = 0;
  #isClosed = false;

  /** Rejects with `SightlineError`: `missing-tool` without Chromium or playwright-core, `timeout`, `closed`. */
  static async open(lab: Lab, options: PageOptions): Promise<PageTechnician> {
    const browser = await launchChromium();
    try {
      const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
      await page.goto(options.address, { timeout: LOAD_LIMIT_MS });
      const cdp = await browser.newBrowserCDPSession();
      await page.evaluate(watchPage);
      const wish: LabAction = { kind: 'quality', quality: options.quality };
      await page.evaluate<void, LabAction>(sendInPage, wish);
      return new PageTechnician(lab, options.handlers, browser, page, cdp, await page.evaluate(takeFromPage));
    } catch (cause) {
      await browser.close();
      if (cause instanceof SightlineError) throw cause;
      throw new SightlineError('closed', `The page cannot be opened: ${messageOf(cause)}`, { cause });
    }
  }

  private constructor(
    lab: Lab,
    handlers: MeasuredHandlers,
    browser: Browser,
    page: Page,
    cdp: CDPSession,
    taken: LabTaken,
  ) {
    this.#lab = lab;
    this.#handlers = handlers;
    this.#browser = browser;
    this.#page = page;
    this.#cdp = cdp;
    this.#taken = taken;
    page.on('pageerror', (error) => this.#faults.push(error.message));
    page.on('crash', () => this.#faults.push('the page crashed'));
    this.#timer = setInterval(() => void this.#take(), TAKE_MS);
  }

  get state(): ViewerState {
    return this.#taken.viewer;
  }

  get clockError(): Micros {
    return this.#taken.offset?.error ?? 0;
  }

  /** The page's clock minus the host's, as the page knows it; undefined while it does not. */
  get offset(): OffsetEstimate | undefined {
    return this.#taken.offset;
  }

  async untilReady(limit: Micros): Promise<void> {
    await this.until(
      () => this.#taken.frame > 0 && this.#taken.offset !== undefined && this.state.level !== undefined,
      "a picture in the page, and the host's clock",
      limit,
    );
  }

  until(condition: () => boolean, what: string, limit: Micros = UNTIL_LIMIT): Promise<void> {
    return new Promise((resolve, reject) => {
      const finish = (settle: () => void): void => {
        this.#waiters.delete(check);
        cancel();
        settle();
      };
      const check = (): void => {
        const [fault] = this.#faults;
        if (fault !== undefined) {
          finish(() => reject(new SightlineError('closed', `The page failed: ${fault}`)));
        } else if (condition()) finish(resolve);
      };
      const cancel = this.#lab.clock.after(limit, () =>
        finish(() => reject(new SightlineError('timeout', `Waited ${limit / 1e6} s in vain for ${what}.`))),
      );
      this.#waiters.add(check);
      check();
    });
  }

  setControl(wanted: boolean): void {
    this.#send({ kind: 'control', wanted });
  }

  setTool(tool: ViewerState['tool']): void {
    this.#send({ kind: 'tool', tool });
  }

  input(actions: readonly InputAction[]): void {
    const at = this.#lab.clock.now();
    // Not of a plan: does not count.
    this.#lastDue = at;
    for (const action of actions) this.#send({ kind: 'input', action, at });
  }

  async perform({ rate, duration, deed }: Plan): Promise<void> {
    const count = Math.ceil(duration * rate);
    const events = Array.from({ length: count }, (_, index) => actionsOf(deed(index)));
    await this.#page
      .evaluate(performInPage, { rate, duration: duration * 1e6, events, resolution: TIMER_RESOLUTION })
      .catch((cause) => {
        // What was still under way when the page was closed is over.
        if (!this.#isClosed) throw new SightlineError('closed', messageOf(cause), { cause });
      });
  }

  hashes(onHash: (frame: number, hash: string) => void): () => void {
    let isWanted = true;
    const again = async (): Promise<void> => {
      while (isWanted && !this.#isClosed) {
        const { frame, sha256 } = await this.#page.evaluate(hashInPage);
        await this.#take();
        if (isWanted && this.#exact.get(frame)) onHash(frame, sha256);
      }
    };
    again().catch((cause) => {
      if (!this.#isClosed) this.#faults.push(messageOf(cause));
    });
    return () => {
      isWanted = false;
    };
  }

  /** CPU time of all of Chromium's processes, microseconds. */
  async cpu(): Promise<Micros> {
    const { processInfo } = await this.#cdp.send('SystemInfo.getProcessInfo');
    return processInfo.reduce((sum, { cpuTime }) => sum + cpuTime * 1e6, 0);
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    clearInterval(this.#timer);
    await this.#browser.close();
  }

  #send(action: LabAction): void {
    this.#page.evaluate(sendInPage, action).catch((cause) => {
      if (!this.#isClosed) this.#faults.push(messageOf(cause));
    });
  }

  // -- what the page tells ----------------------------------------------------------------------------------------

  #take(): Promise<void> {
    this.#taking ??= this.#page
      .evaluate(takeFromPage)
      .then((taken) => this.#read(taken))
      .catch((cause) => {
        if (!this.#isClosed) this.#faults.push(messageOf(cause));
      })
      .finally(() => {
        this.#taking = undefined;
        for (const check of [...this.#waiters]) check();
      });
    return this.#taking;
  }

  #read(taken: LabTaken): void {
    this.#taken = taken;
    const { offset } = taken;
    // Without the host's clock the page's times mean nothing here; it asks for it as soon as it has joined.
    if (offset === undefined) return;
    const toLab = this.#lab.hostOffset.offset - offset.offset;
    for (const record of taken.records) {
      switch (record.kind) {
        case 'frame':
          this.#onFrame(record, toLab);
          break;
        case 'sent':
          this.#onSent(record.channel, record.sequence, record.at, record.sentAt, toLab);
          break;
        case 'applied':
          this.#onApplied(record);
      }
    }
  }

  #onFrame({ kind: _, marker, ...record }: FrameRecord, toLab: Micros): void {
    this.#exact.set(record.frame, record.exact);
    if (this.#exact.size > REMEMBERED) this.#exact.delete(this.#exact.keys().next().value!);
    this.#handlers.onFrame({
      ...record,
      receivedAt: record.receivedAt + toLab,
      completedAt: record.completedAt + toLab,
      decodedAt: record.decodedAt + toLab,
      screen: {
        paintAt: record.paintAt + toLab,
        composedAt: record.composedAt + toLab,
        presentedAt: record.presentedAt + toLab,
      },
      marker: () => marker,
    });
  }

  #onSent(kind: EventKind, sequence: number, at: Micros, sentAt: Micros, toLab: Micros): void {
    if (sequence === 0 || at === this.#lastDue) return;
    this.#lastDue = at;
    this.#due.set(`${kind} ${sequence}`, at);
    // As on every timetable here: what is within the timers' resolution simply happens then.
    this.#handlers.onSent(kind, sequence, at + toLab, sentAt + toLab);
  }

  #onApplied({ channel, sequence, latency, offset }: AppliedRecord): void {
    const key = `${channel === 'input' || channel === 'chat' ? channel : 'overlay'} ${sequence}`;
    const due = this.#due.get(key);
    this.#due.delete(key);
    if (due === undefined) return;
    // By the page's reckoning this is when the host acted, on the host's clock.
    const appliedAt = due + latency - offset;
    this.#handlers.onApplied(channel, sequence, appliedAt + this.#lab.hostOffset.offset);
  }
}

/** Frames that are remembered as exact or not: a hash is of a recent one. */
const REMEMBERED = 1000;

function actionsOf(deed: Deed): readonly Untimed[] {
  switch (deed.kind) {
    case 'input':
      return deed.actions.map((action) => ({ kind: 'input', action }));
    case 'chat':
      return [{ kind: 'chat', text: deed.text }];
    case 'overlay': {
      const { action } = deed;
      if (action.kind === 'laser') return [action];
      if (action.kind === 'stroke') {
        return [{ kind: 'pen', phase: action.begin ? 'down' : 'move', points: action.points }];
      }
      throw new SightlineError('bad-argument', 'A page is not asked to erase.', { field: 'deed' });
    }
  }
}

function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
