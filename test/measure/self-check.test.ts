import { expect, it } from 'vitest';
import { CHANNEL_NAMES, type StageName, selfCheck } from '../../harness/measure/index.js';

it('finds a delay in the stage that it was added to, and nowhere else', async () => {
  const { stages, emptyPathMs, isSound } = await selfCheck(true);
  expect(stages.filter(({ isFound }) => !isFound)).toEqual([]);
  expect(isSound).toBe(true);
  expect(stages).toHaveLength(15);
  const channelsOf = (name: StageName) => stages.find(({ stage }) => stage === name)!.channels;
  // A frame of the display is nobody's event, and only what is seen in a frame waits for one.
  expect(channelsOf('late').toSorted()).toEqual(
    CHANNEL_NAMES.filter((name) => name !== 'display').toSorted(),
  );
  for (const stage of ['window', 'pool'] as const) {
    expect(channelsOf(stage)).toEqual(['display', 'clickToPicture']);
  }
  for (const latency of Object.values(emptyPathMs)) expect(latency).toBeLessThan(1);
});
