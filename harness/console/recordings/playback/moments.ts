/** Looking up moments in ascending lists. */
import type { Micros } from '../../../../engine/clock.js';
import type { Span } from '../../../../engine/recording/index.js';

/** How many of `times` are at or before `time`: the index of the first one after it. */
export function indexAfter(times: ArrayLike<Micros>, time: Micros): number {
  let low = 0;
  let high = times.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (times[middle]! <= time) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The span that holds `time`, its end excluded; spans ascend and do not overlap. */
export function spanAt(spans: readonly Span[], time: Micros): Span | undefined {
  let low = 0;
  let high = spans.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (spans[middle]!.from <= time) low = middle + 1;
    else high = middle;
  }
  const span = spans[low - 1];
  return span !== undefined && time < span.to ? span : undefined;
}
