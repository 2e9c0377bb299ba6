import { expect, it } from 'vitest';
import { curve, KEPT, type LabMoment, medians, remember } from '../../harness/console/session/lab/history.js';

it('remembers a minute, and draws it from the right', () => {
  const moment = (p50: number | undefined, at: number) =>
    ({ at, figures: { channels: p50 === undefined ? {} : { display: { p50 } } } }) as unknown as LabMoment;
  let history: readonly LabMoment[] = [];
  for (let at = 0; at < KEPT + 5; at++) history = remember(history, moment(at, at));
  expect(history).toHaveLength(KEPT);
  expect(medians(history, 'display')[0]).toBe(5);
  expect(medians([moment(undefined, 0), moment(3, 1)], 'display')).toEqual([undefined, 3]);
  expect(curve([undefined, 3], 84, 18)).toBe('');
  expect(curve([10, undefined, 5], KEPT - 1, 18)).toBe(`M${KEPT - 3}.0 1.0L${KEPT - 1}.0 9.0`);
});
