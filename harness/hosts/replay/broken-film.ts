/** What becomes of a process that exists to show a film. */
import type { FrameSource } from '../../../engine/index.js';
import { escapeControls } from '../../../engine/plain-text.js';
import { ReplaySource } from './source.js';

/** Told of a host's fault: ends the process when it is the film that went wrong. Figures without it would be of nothing. */
export function exitIfBroken(source: FrameSource, { message }: Error): void {
  if (!(source instanceof ReplaySource && source.hasFailed)) return;
  process.stderr.write(`${escapeControls(message)}\n`);
  process.exit(1);
}
