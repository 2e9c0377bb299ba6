/**
 * The one error class of Sightline. Everything that comes from a network or a file and is not as its format
 * says is reported as a `SightlineError`: a stable code, a sentence, and where it happened. Codes survive a
 * worker boundary (`toPlain` / `fromPlain`), so the other side can build the same error again.
 */

/** Every code that Sightline reports. Stable: tests, scripts and other languages key on them. */
export type ErrorCode =
  | 'bad-argument'
  | 'bad-message'
  | 'too-large'
  | 'unknown-channel'
  | 'unknown-type'
  | 'unsupported-version'
  | 'bad-slice'
  | 'bad-tile'
  | 'bad-state'
  | 'bad-recording'
  | 'truncated'
  | 'checksum'
  | 'not-found'
  | 'refused'
  | 'unauthorised'
  | 'timeout'
  | 'no-space'
  | 'closed'
  | 'missing-tool'
  | 'internal';

export interface ErrorDetails {
  /** Byte offset in the message or file at which the fault was found. */
  readonly offset?: number;
  /** The field, option or part at fault. */
  readonly field?: string;
  readonly cause?: unknown;
}

export interface PlainError {
  readonly code: ErrorCode;
  readonly message: string;
  readonly offset?: number;
  readonly field?: string;
}

export class SightlineError extends Error {
  readonly code: ErrorCode;
  readonly offset: number | undefined;
  readonly field: string | undefined;

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = 'SightlineError';
    this.code = code;
    this.offset = details.offset;
    this.field = details.field;
  }

  toPlain(): PlainError {
    return {
      code: this.code,
      message: this.message,
      ...(this.offset === undefined ? {} : { offset: this.offset }),
      ...(this.field === undefined ? {} : { field: this.field }),
    };
  }

  static fromPlain(plain: PlainError): SightlineError {
    return new SightlineError(plain.code, plain.message, plain);
  }
}
