/**
 * Reads a recording through beside the worker that plays it: first what happens when, at the speed of reading, then
 * the snapshots that make jumps quick, at the speed of decoding. Nothing of it is needed to play.
 */
import { blobSource, openRecording } from '../../../../codecs/recording/index.js';
import { outlineRecording, type Snapshot, takeSnapshots } from '../../../../engine/recording/index.js';
import type { FromPlayer, ToPlayer } from './api.js';
import { faultOf } from './describe.js';

type Post = (news: FromPlayer, transfer?: Transferable[]) => void;

export async function survey(
  { file, kernels }: Extract<ToPlayer, { kind: 'survey' }>,
  post: Post,
): Promise<void> {
  try {
    const recording = await openRecording(blobSource(file));
    const outline = await outlineRecording(recording);
    post({ kind: 'outline', outline });
    const module = await WebAssembly.compileStreaming(fetch(kernels));
    const onSnapshot = (snapshot: Snapshot) =>
      post(
        { kind: 'snapshot', snapshot },
        snapshot.slices.map(({ buffer }) => buffer),
      );
    await takeSnapshots(recording, { module, onSnapshot });
  } catch (error) {
    post({ kind: 'fault', fault: faultOf(error) });
  }
}
