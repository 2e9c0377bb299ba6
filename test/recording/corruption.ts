/** Ways to spoil a file, and a reader that takes whatever comes of it. */
import { type FrameDecoder, SightlineError } from '../../codecs/index.js';
import { bytesSource, openRecording } from '../../codecs/recording/index.js';
import { RecordingPlayer } from '../../engine/recording/index.js';

/** Kinds 0 to 3: a byte changed, a stretch changed, a stretch cut out, a piece of the file put in. */
export function corrupt(
  bytes: Uint8Array,
  kind: number,
  at: number,
  length: number,
  seed: number,
): Uint8Array {
  if (kind === 0) {
    const broken = bytes.slice();
    broken[at] = seed & 255;
    return broken;
  }
  if (kind === 1) {
    const broken = bytes.slice();
    for (let index = 0; index < length; index++) broken[at + index] = (seed * (index + 1)) & 255;
    return broken;
  }
  const head = bytes.subarray(0, at);
  // Cut out, or put in a piece of itself.
  if (kind === 2) return Uint8Array.from(Buffer.concat([head, bytes.subarray(at + length)]));
  const from = seed % (bytes.length - length);
  return Uint8Array.from(Buffer.concat([head, bytes.subarray(from, from + length), bytes.subarray(at)]));
}

/** Opens and plays whatever it is; the only error that may come out is ours. */
export async function playAnything(
  bytes: Uint8Array,
  decoder: FrameDecoder,
  onFrame?: (frame: number) => void,
): Promise<number | SightlineError> {
  try {
    const recording = await openRecording(bytesSource(bytes));
    const player = new RecordingPlayer(recording, decoder);
    let frames = 0;
    for await (const { frame } of player.frames()) {
      frames++;
      onFrame?.(frame);
    }
    await player.seek(recording.duration / 2);
    return frames;
  } catch (error) {
    if (error instanceof SightlineError) return error;
    throw error;
  }
}
