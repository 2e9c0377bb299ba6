/** Decides again what a log says was decided. */
import { SightlineError } from '../../codecs/index.js';
import { AutoController } from './auto-controller.js';
import type { AutoRecord } from './auto-log.js';
import type { AutoDecision } from './auto-types.js';

/**
 * The decisions of the log's `decide` records, made anew from its first state: equal to those that it holds, if
 * the same version wrote it. Throws `bad-argument` for a log that does not begin with a state.
 */
export function replay(records: readonly AutoRecord[]): AutoDecision[] {
  const first = records[0];
  if (first === undefined) return [];
  if (first.kind !== 'state') {
    throw new SightlineError('bad-argument', 'The log does not begin with a state.', { field: 'log' });
  }
  let controller = new AutoController(first.options, structuredClone(first.state));
  const decisions: AutoDecision[] = [];
  for (const record of records) {
    // A log may hold one controller after the other: a new one begins when the stream is watched again.
    if (record.kind === 'state')
      controller = new AutoController(record.options, structuredClone(record.state));
    else if (record.kind === 'decide') decisions.push(controller.decide(record.inputs));
    else if (record.kind === 'coded') controller.coded(record.sample);
    else if (record.kind === 'acked') controller.acked(record.sample);
  }
  return decisions;
}

/** The decisions that the log holds. */
export function decisionsOf(records: readonly AutoRecord[]): AutoDecision[] {
  return records.flatMap((record) => (record.kind === 'decide' ? [record.decision] : []));
}
