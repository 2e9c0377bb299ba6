/** Records what a viewer session receives into a file, and tells everyone that it does. */
import { unlink } from 'node:fs/promises';
import {
  FileSink,
  nodeSha256,
  Recorder,
  type RecordingSummary,
  SessionMemory,
  systemClock,
} from '../engine/index.js';
import type { ViewerSession } from '../engine/viewer/index.js';
import { productVersion } from './measure/machine.js';

export class ViewerRecording {
  readonly #session: ViewerSession;
  readonly #memory = new SessionMemory();
  readonly #untap: () => void;
  #recorder: Recorder | undefined;
  #path = '';

  /** Make it before the session starts: what is drawn and how things stand belongs to the recording. */
  constructor(session: ViewerSession) {
    this.#session = session;
    this.#untap = session.tap((message, at) => {
      if (this.#recorder === undefined) this.#memory.message(message);
      else this.#recorder.message(message, at);
    });
  }

  /** Starts with the next whole picture, which is asked for. @throws SightlineError `refused`, `not-found`: the file. */
  async start(path: string, options: { readonly overwrite: boolean }): Promise<void> {
    const sink = await FileSink.create(path, options);
    this.#path = path;
    const { session, hostName, viewer } = this.#session.state;
    this.#recorder = new Recorder({
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
      before: this.#memory.messages(),
      wantRefresh: () => this.#session.wantRefresh(),
    });
    this.#session.setRecording(true);
  }

  /**
   * Ends the recording; resolves when the file has everything. Undefined when none was started. Idempotent. A
   * recording to which no picture came leaves no file.
   */
  async stop(): Promise<RecordingSummary | undefined> {
    this.#untap();
    this.#session.setRecording(false);
    const summary = await this.#recorder?.stop();
    // No whole picture came: an empty file would only be taken for a damaged one.
    if (summary?.bytes === 0) await unlink(this.#path).catch(() => {});
    return summary;
  }
}
