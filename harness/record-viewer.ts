/** Records what a viewer session receives into a file, and tells everyone that it does. */
import { FileSink, Recorder, type RecordingSummary, SessionMemory, systemClock } from '../engine/index.js';
import type { ViewerSession } from '../engine/viewer/index.js';
import { productVersion } from './measure/machine.js';

export class ViewerRecording {
  readonly #session: ViewerSession;
  readonly #memory = new SessionMemory();
  readonly #untap: () => void;
  #recorder: Recorder | undefined;

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
      before: this.#memory.messages(),
      wantRefresh: () => this.#session.wantRefresh(),
    });
    this.#session.setRecording(true);
  }

  /** Ends the recording; resolves when the file has everything. Undefined when none was started. Idempotent. */
  async stop(): Promise<RecordingSummary | undefined> {
    this.#untap();
    this.#session.setRecording(false);
    return this.#recorder?.stop();
  }
}
