/**
 * The log of the auto stream: every decision with its inputs and reason, and what was learnt in between, as
 * records of plain data. Now and then a record holds the controller's whole state, and the log is cut there:
 * so the newest records alone are enough to replay what followed. A line of JSON is a record.
 */
import { isColourLevel, SightlineError } from '../../codecs/index.js';
import { RUNGS } from './auto-cost.js';
import { INTERVALS } from './auto-pace.js';
import type { AutoState } from './auto-state.js';
import type { AckedSample, AutoDecision, AutoInputs, AutoOptions, CodedSample } from './auto-types.js';

export type AutoRecord =
  | { readonly kind: 'state'; readonly options: AutoOptions; readonly state: AutoState }
  | { readonly kind: 'decide'; readonly inputs: AutoInputs; readonly decision: AutoDecision }
  | { readonly kind: 'coded'; readonly sample: CodedSample }
  | { readonly kind: 'acked'; readonly sample: AckedSample };

/** Records kept at least, about a thousand packets: each is decided, coded and acknowledged. */
const KEPT = 3_000;

export class AutoLog {
  /** Told of every record as it is made; for a file. */
  onRecord: ((record: AutoRecord) => void) | undefined;
  #before: AutoRecord[] = [];
  #present: AutoRecord[] = [];

  constructor(
    private readonly options: AutoOptions,
    private readonly state: () => AutoState,
  ) {}

  /** The newest records, oldest first: between `KEPT` and twice as many. The first is a state. */
  get records(): readonly AutoRecord[] {
    return [...this.#before, ...this.#present];
  }

  /** The newest decision. */
  get newest(): AutoDecision | undefined {
    return lastDecision(this.#present) ?? lastDecision(this.#before);
  }

  /** Called before the state changes: what it is now begins a log that was cut. */
  makeRoom(): void {
    if (this.#present.length > 0 && this.#present.length <= KEPT) return;
    this.#before = this.#present;
    this.#present = [];
    this.push({ kind: 'state', options: this.options, state: structuredClone(this.state()) });
  }

  push(record: AutoRecord): void {
    this.#present.push(record);
    this.onRecord?.(record);
  }
}

function lastDecision(records: readonly AutoRecord[]): AutoDecision | undefined {
  const record = records.findLast(({ kind }) => kind === 'decide');
  return record?.kind === 'decide' ? record.decision : undefined;
}

/** One line of JSON, without the line's end. JSON has no `Infinity`: a budget without limit is null. */
export function formatRecord(record: AutoRecord): string {
  return JSON.stringify(record);
}

/** Records of lines of JSON. Throws `bad-argument` with the line's number from 1 where one is not a record. */
export function parseRecords(text: string): AutoRecord[] {
  const records: AutoRecord[] = [];
  for (const [index, line] of text.split('\n').entries()) {
    if (line.trim() === '') continue;
    let value: unknown;
    try {
      value = JSON.parse(line, (key, item) =>
        key.endsWith('udgetBytes') && item === null ? Infinity : item,
      );
    } catch (cause) {
      throw notARecord(index, cause);
    }
    if (!isRecord(value)) throw notARecord(index);
    records.push(value);
  }
  return records;
}

function notARecord(index: number, cause?: unknown): SightlineError {
  return new SightlineError('bad-argument', `Line ${index + 1} is not a record of the auto stream's log.`, {
    field: 'log',
    ...(cause === undefined ? {} : { cause }),
  });
}

type Shape = { readonly [key: string]: 'number' | 'string' | 'boolean' | Shape };

const ANCHOR: Shape = { time: 'number', bytes: 'number' };
const STATE: Shape = {
  link: {
    rate: 'number',
    present: ANCHOR,
    before: ANCHOR,
    presentSince: 'number',
    previous: ANCHOR,
    ackedAt: 'number',
    probedAt: 'number',
    probeEvery: 'number',
  },
  cost: { exact: 'number', lossy: 'number', text: 'number', learntAt: 'number' },
  pace: {
    decode: 'number',
    encode: 'number',
    step: 'number',
    steppedAt: 'number',
    rungs: 'number',
    rungsAt: 'number',
  },
  quality: {
    held: 'number',
    heldSince: 'number',
    pixels: 'number',
    change: 'number',
    usedAt: 'number',
    hold: 'number',
    climbedAt: 'number',
    holdSince: 'number',
  },
  use: { bytes: 'number', packets: 'number', at: 'number', isMoving: 'boolean' },
};
const SHAPES: Readonly<Record<AutoRecord['kind'], Shape>> = {
  state: { options: { wireTarget: 'number', refineTarget: 'number' }, state: STATE },
  decide: {
    inputs: {
      now: 'number',
      rate: 'number',
      delay: 'number',
      inFlight: 'number',
      waiting: 'number',
      queueDepth: 'number',
      decodeTime: 'number',
      encodeTime: 'number',
      damagePixels: 'number',
    },
    decision: {
      transformQuality: 'number',
      textLevel: 'number',
      budgetBytes: 'number',
      minInterval: 'number',
      refine: 'boolean',
      refineBudgetBytes: 'number',
      askAfter: 'number',
      reason: 'string',
      rate: 'number',
      expectedBytes: 'number',
    },
  },
  coded: {
    sample: {
      now: 'number',
      pixels: 'number',
      bytes: 'number',
      quality: 'number',
      textLevel: 'number',
      encodeTime: 'number',
    },
  },
  acked: {
    sample: {
      now: 'number',
      bytes: 'number',
      roundTrip: 'number',
      sinceLast: 'number',
      decodeTime: 'number',
      queueDepth: 'number',
    },
  },
};

function isRecord(value: unknown): value is AutoRecord {
  if (typeof value !== 'object' || value === null || !('kind' in value)) return false;
  const { kind } = value;
  if (typeof kind !== 'string' || !Object.hasOwn(SHAPES, kind)) return false;
  return fits(value, SHAPES[kind as AutoRecord['kind']]) && hasPlaces(value as AutoRecord);
}

/** Whether what counts places in a list does so. */
function hasPlaces(record: AutoRecord): boolean {
  if (record.kind === 'coded') return isColourLevel(record.sample.textLevel);
  if (record.kind !== 'state') return true;
  const { pace, quality } = record.state;
  const isPlace = (place: number, end: number) => Number.isInteger(place) && place >= 0 && place < end;
  return (
    isPlace(pace.step, INTERVALS.length) &&
    isPlace(pace.rungs, RUNGS.length) &&
    isPlace(quality.held + 1, RUNGS.length + 1)
  );
}

function fits(value: unknown, shape: Shape): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return Object.entries(shape).every(([key, kind]) => {
    const item = (value as Record<string, unknown>)[key];
    return typeof kind === 'string' ? typeof item === kind : fits(item, kind);
  });
}
