/**
 * The one gate for what parties say: the catalogue is its table. A room asks it for every message that comes in, and a
 * host asks it again for what concerns its own machine.
 */
import { SightlineError } from '../../codecs/index.js';
import type { Micros } from '../clock.js';
import {
  CAPABILITIES,
  type Capability,
  Channel,
  type Condition,
  MESSAGES,
  type Message,
  notExpected,
  RATES,
  type RateName,
  type Role,
} from '../protocol/index.js';

/** What parties are allowed counts for what they do: asking to do it goes by the control channel, which stays open. */
const SAID = MESSAGES.filter((row) => row.channel !== Channel.Control && row.channel !== Channel.Ack);

/** A party as the gate knows it. */
export interface GateParty {
  readonly role: Role;
  readonly capabilities: ReadonlySet<Capability>;
  /** Channels by which nobody says anything now. */
  readonly shut: ReadonlySet<Channel>;
  /** Why the party does not meet a condition; undefined when it does. */
  hindrance(condition: Condition): Exclude<Refusal, 'rate'> | undefined;
  /** Takes one of its tokens for that rate, if there is one. */
  takes(rate: RateName, now: Micros): boolean;
}

/** Why a message is not let through; each is counted under this name. */
export const REFUSALS = ['not-allowed', 'shut', 'tool-on', 'not-controller', 'tool-off', 'rate'] as const;
export type Refusal = (typeof REFUSALS)[number];

/** What today's hosts are allowed: all that there is. */
export const HOST_CAPABILITIES: ReadonlySet<Capability> = new Set(CAPABILITIES);
/** What today's viewers are. */
export const VIEWER_CAPABILITIES: ReadonlySet<Capability> = new Set<Capability>([
  'view',
  'control',
  'clipboard',
  'draw',
  'point',
  'chat',
  'record',
  'screenshot',
]);

/**
 * Whether a party may say this now: undefined when it may, and a token of its rate is taken; else why not, and the
 * message is to be dropped and counted. Throws `SightlineError` where its link must go: `bad-message` when such a party
 * never says that, `refused` when it says too much.
 */
export function admit(party: GateParty, row: Message, now: Micros): Refusal | undefined {
  if (!row.from.includes(party.role)) throw notExpected(row.name);
  const refusal = refusalOf(party, row);
  if (refusal !== undefined || row.rate === undefined) return refusal;
  const { beyond } = RATES[row.rate];
  if (beyond === 'handler' || party.takes(row.rate, now)) return undefined;
  if (beyond === 'drop') return 'rate';
  throw new SightlineError('refused', 'Too many control messages.', { field: 'rate' });
}

/** Why a party of the right role may not say this as things stand, however seldom it does; undefined when it may. */
export function refusalOf(party: GateParty, row: Message): Exclude<Refusal, 'rate'> | undefined {
  if (row.needs !== undefined && !party.capabilities.has(row.needs)) return 'not-allowed';
  if (party.shut.has(row.channel)) return 'shut';
  return row.while === undefined ? undefined : party.hindrance(row.while);
}

/**
 * What is left of capabilities while some channels are shut: without those that only serve messages of these channels.
 */
export function capabilitiesLeft(
  capabilities: ReadonlySet<Capability>,
  shut: ReadonlySet<Channel>,
): ReadonlySet<Capability> {
  if (shut.size === 0) return capabilities;
  return new Set([...capabilities].filter((one) => !isShut(one, shut)));
}

function isShut(capability: Capability, shut: ReadonlySet<Channel>): boolean {
  const rows = SAID.filter((row) => row.needs === capability);
  return rows.length > 0 && rows.every((row) => shut.has(row.channel));
}
