/** Records the session in the worker, as the viewer receives it. */
import { kernelChecksum } from '../../../codecs/index.js';
import type { Clock } from '../../../engine/clock.js';
import { Recorder, SessionMemory } from '../../../engine/recording/index.js';
import type { ViewerSession } from '../../../engine/viewer/index.js';
import { stamp } from '../app/download.js';
import type { FromWorker } from '../worker-api.js';
import { openSink } from './recording-sink.js';

export class PageRecording {
  readonly #session: ViewerSession;
  readonly #module: WebAssembly.Module;
  readonly #clock: Clock;
  readonly #post: (news: FromWorker) => void;
  /** What a recording that starts later must begin with. */
  readonly #memory = new SessionMemory();
  #recorder: Recorder | undefined;
  #starting = false;

  /** `module`: the compiled kernels. */
  constructor(
    session: ViewerSession,
    module: WebAssembly.Module,
    clock: Clock,
    post: (news: FromWorker) => void,
  ) {
    this.#session = session;
    this.#module = module;
    this.#clock = clock;
    this.#post = post;
    session.tap((message, at) => {
      this.#memory.message(message);
      this.#recorder?.message(message, at);
    });
  }

  /** Bytes recorded so far; undefined while nothing is recorded. */
  get bytes(): number | undefined {
    return this.#recorder?.bytes;
  }

  async start(): Promise<void> {
    if (this.#recorder !== undefined || this.#starting) return;
    this.#starting = true;
    const { session: name, hostName, viewer } = this.#session.state;
    const startedAt = Date.now();
    const sink = await openSink(`${hostName} ${stamp(new Date(startedAt))}`);
    this.#starting = false;
    this.#recorder = new Recorder({
      sink,
      clock: this.#clock,
      metadata: { session: name, host: hostName, program: 'sightline console', startedAt },
      viewer,
      checksum: kernelChecksum(this.#module),
      before: this.#memory.messages(),
      wantRefresh: () => this.#session.wantRefresh(),
      onEnd: ({ error, bytes }) => {
        this.#recorder = undefined;
        this.#session.setRecording(false);
        this.#post({ kind: 'recording', recording: { active: false } });
        const whole = error === undefined;
        if (!whole) {
          const isFull = error.code === 'no-space';
          this.#post({ kind: 'recording-failed', reason: error.message, isFull });
        }
        // What was written before a failure is a readable recording too.
        if (bytes > 0) {
          const { kept } = sink;
          void sink.blob().then((file) => this.#post({ kind: 'recorded', file, kept, whole }));
        }
      },
    });
    this.#session.setRecording(true);
    this.#post({ kind: 'recording', recording: { active: true, bytes: 0 } });
  }

  /** Sets a marker at `at` in what is recorded; without a text it has a number. */
  marker(text: string, at: number): void {
    this.#recorder?.marker(text, at);
  }

  stop(): void {
    void this.#recorder?.stop();
  }
}
