/** Reads what a list shows of a recording: its head and its end, or all headers of one that was not ended. */
import { SightlineError } from '../../../../codecs/index.js';
import { blobSource, openRecording, type Recording } from '../../../../codecs/recording/index.js';
import type { FromPlayer, ReadFault, RecordingSummary, ToPlayer } from './api.js';

export async function describe(
  request: Extract<ToPlayer, { kind: 'describe' }>,
): Promise<Extract<FromPlayer, { kind: 'described' }>> {
  const { id, file, handle } = request;
  try {
    const recording = await openRecording(blobSource(file));
    const busy = handle !== undefined && !recording.complete && (await isWritten(handle));
    return { kind: 'described', id, result: { summary: summaryOf(recording, busy) } };
  } catch (error) {
    const busy = handle !== undefined && (await isWritten(handle));
    return { kind: 'described', id, result: { fault: busy ? BUSY : faultOf(error) } };
  }
}

const BUSY: ReadFault = { code: 'busy', message: '' };

export function summaryOf(recording: Recording, busy = false): RecordingSummary {
  const { session, host, program, startedAt, width, height, participants } = recording.metadata;
  return {
    session,
    host,
    program,
    startedAt,
    width,
    height,
    duration: recording.duration,
    size: recording.source.size,
    participants: participants.map(({ name }) => name),
    complete: recording.complete,
    busy,
  };
}

export function faultOf(error: unknown): ReadFault {
  const message = error instanceof Error ? error.message : String(error);
  return { code: error instanceof SightlineError ? error.code : 'gone', message };
}

/** Whether some page, perhaps another tab, writes the file now: only one at a time may. */
async function isWritten(handle: FileSystemFileHandle): Promise<boolean> {
  try {
    const access = await handle.createSyncAccessHandle();
    access.close();
    return false;
  } catch (error) {
    return error instanceof DOMException && error.name === 'NoModificationAllowedError';
  }
}
