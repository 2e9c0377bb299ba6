/**
 * What ran out first, by the figures of a step that was too much. Pure. What is certain is said before what is likely:
 * a relay that fills its core is the limit whatever else is slow then; where all cores are full nobody's waiting
 * says anything, and the question is who filled them.
 */
import { type Counted, NO_LINK } from './settings.js';
import { PARTY_NAMES, type PartyName, type StepFigures } from './step.js';

export const CAUSES = [
  /** A process of the party used all the CPU time that its thread can have. */
  'cpu',
  /** All cores of the machine were in use. */
  'machine',
  /** The same, and other programs used most of them: of this measurement's parties nothing can be said. */
  'others',
  /** Messages waited in sockets, or were dropped, and viewers were left out. */
  'socket',
  /** The party's event loop was held up, though not by its CPU time. */
  'loop',
  'memory',
  /** None of these: the link itself. */
  'link',
  'unknown',
] as const;
export type Cause = (typeof CAUSES)[number];

export interface Verdict {
  readonly cause: Cause;
  /** Whose CPU or event loop it was; of `machine`: who used most. */
  readonly party?: PartyName;
  /**
   * The load ran out, not the relay: hosts, viewers and links that are on this machine for the measurement's sake. The relay
   * bears more than was found.
   */
  readonly isGenerator: boolean;
  /** Other programs used so much that a quiet machine may bear more. */
  readonly isDisturbed: boolean;
}

/** One thread cannot have more: the rest goes to the system's switches between processes. */
const FULL_THREAD = 0.85;
/** An event loop that is this busy keeps what comes waiting. */
const FULL_LOOP = 0.95;
const FULL_MACHINE = 0.9;
const DISTURBING = 0.2;
/** More than a picture waits in the sockets: somebody does not read. */
const MANY_BYTES = 1_000_000;
/** A delay of this part of the limit, at the 99th percentile, is what is missing in it. */
const HELD_UP = 0.25;

export interface Circumstances {
  readonly counted: Counted;
  readonly limitMs: number;
  readonly link: string;
}

export function diagnose(step: StepFigures, circumstances: Circumstances): Verdict {
  const { cause, party } = find(step, circumstances);
  return {
    cause,
    ...(party === undefined ? {} : { party }),
    isGenerator: isGenerator(cause, party, circumstances),
    isDisturbed: step.machine.others >= DISTURBING,
  };
}

function find(step: StepFigures, { limitMs, link }: Circumstances): Pick<Verdict, 'cause' | 'party'> {
  const { parties, machine, sockets } = step;
  const { busiest: relay } = parties.relay;
  if (step.isOutOfMemory) return { cause: 'memory' };
  const isFull = machine.busy >= FULL_MACHINE;
  // On a full machine a loop is busy with waiting for a core, too: only CPU time counts there.
  if (relay.cores >= FULL_THREAD || (!isFull && relay.loopBusy >= FULL_LOOP))
    return { cause: 'cpu', party: 'relay' };
  if (isFull && machine.others > machine.busy / 2) return { cause: 'others' };
  if (isFull) return { cause: 'machine', party: mostOf((party) => parties[party].cores) };
  const busiest = mostOf((party) => parties[party].busiest.loopBusy);
  if (parties[busiest].busiest.loopBusy >= FULL_THREAD) return { cause: 'cpu', party: busiest };
  const { bufferedBytes, cuts, dropped, tooSlow } = sockets;
  if (link !== NO_LINK && cuts + tooSlow > 0) return { cause: 'link' };
  if (bufferedBytes >= MANY_BYTES || cuts + dropped + tooSlow > 0) return { cause: 'socket' };
  const latest = mostOf((party) => parties[party].busiest.loopDelayMs);
  if (parties[latest].busiest.loopDelayMs >= limitMs * HELD_UP) return { cause: 'loop', party: latest };
  return { cause: link === NO_LINK ? 'unknown' : 'link' };
}

/** The party with the largest figure. */
function mostOf(figure: (party: PartyName) => number): PartyName {
  return PARTY_NAMES.reduce((most, party) => (figure(party) > figure(most) ? party : most));
}

function isGenerator(cause: Cause, party: PartyName | undefined, { counted }: Circumstances): boolean {
  // Memory is the hosts' and viewers' to a few per cent.
  if (cause === 'memory') return true;
  if (party === undefined || party === 'relay') return false;
  // One host is what a session has; many on one machine are there for the measurement's sake.
  return party !== 'hosts' || counted === 'sessions' || cause === 'machine';
}
