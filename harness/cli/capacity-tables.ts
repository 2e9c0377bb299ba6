/** What a search for the capacity found, on a terminal. */
import {
  type CapacityReport,
  type Counted,
  PARTY_NAMES,
  type PartyName,
  type Step,
  type Verdict,
} from '../capacity/index.js';
import { messages } from './messages.js';
import { print } from './output.js';
import { text } from './text.js';
import { bytesInWords } from './words.js';

const m = messages.capacity;
/** Of a figure; a longer heading makes its column wider. */
const FIGURE_WIDTH = 7;

/** Heading of each column, in the order of `printStep`. */
const HEADINGS: readonly string[] = [
  ...[m.heading.p50, m.heading.p99, m.heading.rate],
  ...[m.party.relay, m.party.hosts, m.party.viewers, m.heading.machine],
  ...[m.heading.loop, m.heading.out, m.heading.buffered, m.heading.cut],
];
const FIRST_WIDTH = Math.max(...Object.values(m.counted).map(({ length }) => length));

export function printStepHeading(counted: Counted): void {
  print(row(m.counted[counted], HEADINGS));
}

/** CPU of relay, hosts and viewers in parts of one core. */
export function printStep(step: Step): void {
  const { count, p50Ms, p99Ms, framesPerSecond, parties, machine, sockets, megabytesPerSecond } = step;
  const figures = [
    p50Ms.toFixed(1),
    p99Ms.toFixed(1),
    framesPerSecond.least.toFixed(1),
    ...(['relay', 'hosts', 'viewers'] as const).map((party) => percent(parties[party].cores)),
    percent(machine.busy),
    parties.relay.busiest.loopDelayMs.toFixed(1),
    megabytesPerSecond.toFixed(1),
    bytesInWords(sockets.bufferedBytes),
    String(sockets.cuts + sockets.tooSlow),
  ];
  const held = step.strain <= 1 ? m.borne : m.tooMuch;
  print(`${row(String(count), figures)}  ${held}`);
}

export function printCapacity({
  settings,
  largest,
  tooMany,
  verdict,
  isComplete,
  steps,
}: CapacityReport): void {
  const counted = m.counted[settings.counted];
  print('');
  if (!isComplete) print(text(m.stopped, { largest, counted }));
  else if (tooMany === undefined) print(text(m.atLeast, { largest, counted, limit: settings.limitMs }));
  else if (largest === 0) print(text(m.none, { counted, limit: settings.limitMs }));
  else print(text(m.largest, { largest, counted, tooMany, limit: settings.limitMs }));
  if (verdict === undefined) return;
  const step = steps[verdict.step]!;
  print(sentence(verdict, step));
  const relay = percent(step.parties.relay.cores);
  if (verdict.isGenerator) print(text(m.generator, { relay }));
  if (verdict.isDisturbed && verdict.cause !== 'others')
    print(text(m.disturbed, { others: percent(step.machine.others) }));
}

/** What ran out, with the figures that say so. */
function sentence({ cause, party = 'relay' }: Verdict, { parties, machine, sockets }: Step): string {
  const name = m.party[party];
  const { cores, loopBusy, loopDelayMs } = parties[party].busiest;
  const delay = loopDelayMs.toFixed(1);
  switch (cause) {
    case 'cpu':
      return text(m.cause.cpu, { party: name, cpu: percent(cores), busy: percent(loopBusy), delay });
    case 'machine':
    case 'others':
      return text(m.cause[cause], { busy: percent(machine.busy), shares: sharesOf(parties, machine) });
    case 'socket': {
      const { bufferedBytes, cuts, dropped, tooSlow } = sockets;
      return text(m.cause.socket, { bytes: bytesInWords(bufferedBytes), cuts, dropped, tooSlow });
    }
    case 'loop':
      return text(m.cause.loop, { party: name, delay, cpu: percent(cores) });
    default:
      return m.cause[cause];
  }
}

/** Who used how much of the machine. */
function sharesOf(parties: Step['parties'], { cores, others }: Step['machine']): string {
  const shares = PARTY_NAMES.filter((party) => parties[party].processes > 0).map(
    (party: PartyName) => `${m.party[party]} ${percent(parties[party].cores / cores)}`,
  );
  return [...shares, `${m.others} ${percent(others)}`].join(', ');
}

function row(first: string, figures: readonly string[]): string {
  const columns = figures.map((figure, column) =>
    figure.padStart(Math.max(FIGURE_WIDTH, HEADINGS[column]!.length) + 2),
  );
  return first.padEnd(FIRST_WIDTH) + columns.join('');
}

function percent(part: number): string {
  return `${Math.round(part * 100)} %`;
}
