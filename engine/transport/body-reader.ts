/**
 * A request's body as it arrives. It keeps no more than was asked for, and no longer than its time; what comes before
 * somebody asks is kept as far as the transport had read it already.
 */
import { SightlineError } from '../../codecs/index.js';
import type { Clock, Micros } from '../clock.js';

export interface BodySource {
  /** Bytes that were announced; undefined when the sender did not say. */
  readonly declared: number | undefined;
  /** Starts or goes on reading. */
  readonly resume: () => void;
  /** Nothing that still comes is wanted. */
  readonly stop: () => void;
}

export class BodyReader {
  readonly #source: BodySource;
  readonly #clock: Clock;
  readonly #timeout: Micros;
  #chunks: Uint8Array[] = [];
  #length = 0;
  #limit: number | undefined;
  #isWhole = false;
  #fault: SightlineError | undefined;
  #settle: { resolve(body: Uint8Array): void; reject(fault: SightlineError): void } | undefined;
  #cancel: (() => void) | undefined;

  /** `timeout`: for the whole body, from when it is asked for. */
  constructor(source: BodySource, clock: Clock, timeout: Micros) {
    this.#source = source;
    this.#clock = clock;
    this.#timeout = timeout;
  }

  /** Whether all of it has come: the connection can carry another request. */
  get isWhole(): boolean {
    return this.#isWhole;
  }

  /** The whole body; see `HttpRequest.body`. */
  read(limit: number): Promise<Uint8Array> {
    if (this.#limit !== undefined) {
      return Promise.reject(new SightlineError('bad-state', 'The body has been asked for already.'));
    }
    this.#limit = limit;
    return new Promise((resolve, reject) => {
      this.#settle = { resolve, reject };
      if ((this.#source.declared ?? 0) > limit || this.#length > limit) this.#tooLong();
      else if (this.#fault !== undefined) this.fail(this.#fault);
      else if (this.#isWhole) this.#finish();
      else {
        this.#cancel = this.#clock.after(this.#timeout, () =>
          this.fail(new SightlineError('timeout', 'The body of the request did not come in time.')),
        );
        this.#source.resume();
      }
    });
  }

  /** A piece has come. It is copied where `isLent`: its memory is the caller's again afterwards. */
  push(chunk: Uint8Array, isLent: boolean): void {
    if (this.#fault !== undefined || this.#isWhole) return;
    this.#length += chunk.byteLength;
    if (this.#limit !== undefined && this.#length > this.#limit) this.#tooLong();
    else if (chunk.byteLength > 0) this.#chunks.push(isLent ? chunk.slice() : chunk);
  }

  /** The last piece has come. */
  end(): void {
    if (this.#fault !== undefined) return;
    this.#isWhole = true;
    if (this.#settle !== undefined) this.#finish();
  }

  /** Nothing more comes, or is wanted. */
  fail(fault: SightlineError): void {
    this.#fault ??= fault;
    this.#chunks = [];
    this.#cancel?.();
    this.#settle?.reject(fault);
    this.#settle = undefined;
  }

  #tooLong(): void {
    this.#source.stop();
    const message = `The body of a request may have ${this.#limit} bytes here.`;
    this.fail(new SightlineError('too-large', message, { field: 'body' }));
  }

  #finish(): void {
    this.#cancel?.();
    const [only] = this.#chunks;
    const body = this.#chunks.length === 1 ? only! : joined(this.#chunks, this.#length);
    this.#chunks = [];
    this.#settle?.resolve(body);
    this.#settle = undefined;
  }
}

function joined(chunks: readonly Uint8Array[], length: number): Uint8Array {
  const whole = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.byteLength;
  }
  return whole;
}
