/** A stage for the test that runs, which is closed when the test is over. */
import { onTestFinished } from 'vitest';
import { Stage, type StageOptions } from './stage.js';

/** The stage that was opened last. */
export let stage: Stage;

export async function openStage(options?: StageOptions): Promise<Stage> {
  const opened = await Stage.open(options);
  stage = opened;
  onTestFinished(() => opened.close());
  return opened;
}
