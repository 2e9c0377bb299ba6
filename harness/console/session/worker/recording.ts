/** Records the session, as the viewer receives it, by a worker of its own that writes. */
import type { Micros } from '../../../../engine/clock.js';
import { SessionMemory } from '../../../../engine/recording/index.js';
import type { ViewerSession } from '../../../../engine/viewer/index.js';
import { pageFile } from '../../page-files.js';
import { stamp } from '../../ui/download.js';
import type { FromWorker } from '../worker-api.js';
import type { FromRecorder, RecordedFile, ToRecorder } from './recorder-api.js';

/** Bytes that may be on their way to the one that writes: a minute of a film. Beyond, it has stopped. */
const MAX_UNDERWAY = 256 * 1024 * 1024;

/** The worker that writes; `hear` gets its news, and `fail` that it has broken. */
export type StartRecorder = (
  hear: (news: FromRecorder) => void,
  fail: (reason: string) => void,
) => {
  postMessage(message: ToRecorder, transfer?: Transferable[]): void;
  terminate(): void;
};

export class PageRecording {
  readonly #session: ViewerSession;
  readonly #module: WebAssembly.Module;
  readonly #post: (news: FromWorker) => void;
  readonly #startRecorder: StartRecorder;
  readonly #maxUnderway: number;
  /** What a recording that starts later must begin with. */
  readonly #memory = new SessionMemory();
  #recorder: ReturnType<StartRecorder> | undefined;
  #name = '';
  #sent = 0;
  #progress = { bytes: 0, duration: 0, taken: 0 };

  /** `module`: the compiled kernels. */
  constructor(
    session: ViewerSession,
    module: WebAssembly.Module,
    post: (news: FromWorker) => void,
    startRecorder: StartRecorder = recorderWorker,
    maxUnderway: number = MAX_UNDERWAY,
  ) {
    this.#session = session;
    this.#module = module;
    this.#post = post;
    this.#startRecorder = startRecorder;
    this.#maxUnderway = maxUnderway;
    session.tap((message, at) => {
      this.#memory.message(message);
      this.#give(message, at);
    });
  }

  start(): void {
    if (this.#recorder !== undefined) return;
    const { session, hostName, viewer } = this.#session.state;
    const startedAt = Date.now();
    this.#name = `${hostName} ${stamp(new Date(startedAt))}`;
    this.#sent = 0;
    this.#progress = { bytes: 0, duration: 0, taken: 0 };
    const recorder = this.#startRecorder(
      (news) => {
        if (recorder === this.#recorder) this.#hear(news);
      },
      (reason) => {
        if (recorder === this.#recorder) this.#fail('internal', reason);
      },
    );
    this.#recorder = recorder;
    recorder.postMessage({
      kind: 'start',
      kernels: this.#module,
      name: this.#name,
      metadata: { session, host: hostName, program: 'sightline console', startedAt },
      viewer,
      before: [...this.#memory.messages()],
    });
    this.#session.setRecording(true);
    this.#tell();
  }

  /** Sets a marker at `at` in what is recorded; without a text it has a number. */
  marker(text: string, at: Micros): void {
    this.#recorder?.postMessage({ kind: 'marker', text, at });
  }

  stop(): void {
    this.#recorder?.postMessage({ kind: 'stop' });
  }

  /** The bytes are whoever's that is called next: a copy goes. */
  #give(message: Uint8Array, at: Micros): void {
    const recorder = this.#recorder;
    if (recorder === undefined) return;
    const copy = message.slice();
    recorder.postMessage({ kind: 'message', message: copy, at }, [copy.buffer]);
    this.#sent += copy.byteLength;
    if (this.#sent - this.#progress.taken > this.#maxUnderway) {
      this.#fail('timeout', 'The recording cannot be written as fast as the session goes on.');
    }
  }

  #hear(news: FromRecorder): void {
    switch (news.kind) {
      case 'progress':
        this.#progress = news;
        this.#tell();
        return;
      case 'refresh':
        this.#session.wantRefresh();
        return;
      case 'ended':
        this.#ended(news);
        return;
    }
  }

  #fail(code: string, message: string): void {
    const { bytes, duration } = this.#progress;
    this.#ended({ name: this.#name, kept: false, bytes, duration, error: { code, message } });
  }

  #ended({ name, kept, bytes, duration, file, error }: RecordedFile): void {
    this.#recorder?.terminate();
    this.#recorder = undefined;
    this.#session.setRecording(false);
    this.#post({ kind: 'recording', recording: { active: false } });
    if (error !== undefined) {
      const isFull = error.code === 'no-space';
      this.#post({ kind: 'recording-failed', reason: error.message, isFull });
    }
    if (file === undefined) return;
    const whole = error === undefined;
    this.#post({ kind: 'recorded', recorded: { file, name, kept, bytes, duration, whole } });
  }

  #tell(): void {
    const { bytes, duration } = this.#progress;
    this.#post({ kind: 'recording', recording: { active: true, bytes, duration } });
  }
}

const recorderWorker: StartRecorder = (hear, fail) => {
  const worker = new Worker(new URL(pageFile('recorder-worker.js'), import.meta.url), { type: 'module' });
  worker.addEventListener('message', (event: MessageEvent<FromRecorder>) => hear(event.data));
  worker.addEventListener('error', (event) => fail(event.message || 'worker'));
  return worker;
};
