import { expect, it } from 'vitest';
import { selfCheck } from '../../harness/measure/index.js';

it('finds a delay in the stage that it was added to, and nowhere else', async () => {
  const { stages, emptyPathMs, isSound } = await selfCheck(true);
  expect(stages.filter(({ isFound }) => !isFound)).toEqual([]);
  expect(isSound).toBe(true);
  expect(stages).toHaveLength(12);
  for (const latency of Object.values(emptyPathMs)) expect(latency).toBeLessThan(1);
});
