/** Records what a viewer session receives into a file, or several, and tells everyone that it does. */
import { mkdir, unlink } from 'node:fs/promises';
import { dirname, extname } from 'node:path';
import { kernelChecksum, type SightlineError } from '../codecs/index.js';
import {
  FileSink,
  loadKernelModule,
  nodeSha256,
  RecordingSeries,
  type SeriesSummary,
  SessionMemory,
  systemClock,
} from '../engine/index.js';
import type { ViewerSession } from '../engine/viewer/index.js';
import { productVersion } from './product-version.js';

export interface RecordFileOptions {
  readonly overwrite: boolean;
  /** Bytes of a file; what comes behind goes into another. */
  readonly maxBytes?: number;
}

export interface RecordedFiles extends SeriesSummary {
  /** Those that hold something, the first first. */
  readonly files: readonly string[];
}

export class ViewerRecording {
  readonly #session: ViewerSession;
  readonly #memory = new SessionMemory();
  readonly #untap: () => void;
  #series: RecordingSeries | undefined;
  #paths: string[] = [];
  #stopped: Promise<RecordedFiles | undefined> | undefined;

  /** Make it before the session starts: what is drawn and how things stand belongs to the recording. */
  constructor(session: ViewerSession) {
    this.#session = session;
    this.#untap = session.tap((message, at) => {
      if (this.#series === undefined) this.#memory.message(message);
      else this.#series.message(message, at);
    });
  }

  /** Starts with the next whole picture, which is asked for. @throws SightlineError `refused`, `not-found`: the file. */
  async start(path: string, options: RecordFileOptions): Promise<void> {
    const { overwrite, maxBytes } = options;
    const checksum = kernelChecksum(await loadKernelModule());
    const sink = await FileSink.create(path, { overwrite });
    this.#paths = [path];
    const { session, hostName, viewer } = this.#session.state;
    this.#series = new RecordingSeries({
      sink,
      clock: systemClock,
      metadata: {
        session,
        host: hostName,
        program: `sightline ${productVersion()}`,
        startedAt: Date.now(),
      },
      viewer,
      newHash: nodeSha256,
      checksum,
      memory: this.#memory,
      wantRefresh: () => this.#session.wantRefresh(),
      next: (part, cause) => this.#openNext(part, cause, overwrite),
      onEnd: () => this.#session.setRecording(false),
      ...(maxBytes === undefined ? {} : { maxBytes }),
    });
    this.#session.setRecording(true);
  }

  /**
   * Ends the recording; resolves when the files have everything. Undefined when none was started. Idempotent. A
   * recording to which no picture came leaves no file.
   */
  stop(): Promise<RecordedFiles | undefined> {
    this.#stopped ??= this.#stop();
    return this.#stopped;
  }

  async #stop(): Promise<RecordedFiles | undefined> {
    this.#untap();
    this.#session.setRecording(false);
    const summary = await this.#series?.stop();
    if (summary === undefined) return undefined;
    const isEmpty = (index: number) => (summary.parts[index]?.bytes ?? 0) === 0;
    // No whole picture came: an empty file would only be taken for a damaged one.
    await Promise.all(
      this.#paths.filter((_, index) => isEmpty(index)).map((path) => unlink(path).catch(() => {})),
    );
    return { ...summary, files: this.#paths.filter((_, index) => !isEmpty(index)) };
  }

  /** `talk-2.rcrec` beside `talk.rcrec`; a full or slow disk is no better for another file. */
  async #openNext(part: number, cause: SightlineError, overwrite: boolean): Promise<FileSink | undefined> {
    if (cause.code === 'no-space' || cause.code === 'timeout') return undefined;
    const [first] = this.#paths;
    const suffix = extname(first!);
    const path = `${first!.slice(0, first!.length - suffix.length)}-${part}${suffix}`;
    // The folder may be what has vanished.
    await mkdir(dirname(path), { recursive: true }).catch(() => {});
    const sink = await FileSink.create(path, { overwrite });
    this.#paths.push(path);
    return sink;
  }
}
