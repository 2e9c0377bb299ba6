/** What errors mean to a recorder. */
import { SightlineError } from '../../codecs/index.js';
import { EndReason } from '../../codecs/recording/index.js';

export function asError(cause: unknown, message: string): SightlineError {
  return cause instanceof SightlineError ? cause : new SightlineError('internal', message, { cause });
}

/** Why a recording ended that ended with this error. */
export function endReasonOf({ code }: SightlineError): EndReason {
  if (code === 'timeout') return EndReason.TooSlow;
  return code === 'too-large' ? EndReason.Limit : EndReason.Failed;
}

/** A fault of the message, not of the recording. */
export function isMessageFault(error: SightlineError): boolean {
  return (
    error.code === 'bad-message' ||
    error.code === 'bad-slice' ||
    error.code === 'truncated' ||
    error.code === 'unknown-type' ||
    error.code === 'unknown-channel' ||
    (error.code === 'too-large' && error.field === 'length')
  );
}
