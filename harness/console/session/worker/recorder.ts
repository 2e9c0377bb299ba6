/**
 * The beginning of the worker that writes a recording: one start, then what the session says. Checksums, hashes and
 * writes are its own, so that they cost the session nothing but the handing over.
 */
import { kernelChecksum, SightlineError } from '../../../../codecs/index.js';
import { systemClock } from '../../../../engine/clock.js';
import { Recorder, type RecordingSummary } from '../../../../engine/recording/index.js';
import type { FromRecorder, RecordedFile, RecorderStart, ToRecorder } from './recorder-api.js';
import { type BlobSink, openSink } from './recording-sink.js';

/** So often, or after so many bytes, it says how far it has come. */
const TELL_MS = 250;
const TELL_BYTES = 1024 * 1024;

const post = (news: FromRecorder) => self.postMessage(news);

class WrittenRecording {
  readonly #sink: BlobSink;
  readonly #recorder: Recorder;
  readonly #timer: ReturnType<typeof setInterval>;
  #taken = 0;
  #told = 0;

  constructor(start: RecorderStart, sink: BlobSink) {
    this.#sink = sink;
    this.#recorder = new Recorder({
      sink,
      clock: systemClock,
      metadata: start.metadata,
      viewer: start.viewer,
      checksum: kernelChecksum(start.kernels),
      before: start.before,
      wantRefresh: () => post({ kind: 'refresh' }),
      onEnd: (summary) => void this.#ended(summary),
    });
    this.#timer = setInterval(() => this.#tell(), TELL_MS);
  }

  take(message: Exclude<ToRecorder, { kind: 'start' }>): void {
    switch (message.kind) {
      case 'message':
        this.#recorder.message(message.message, message.at);
        this.#taken += message.message.byteLength;
        if (this.#taken - this.#told >= TELL_BYTES) this.#tell();
        return;
      case 'marker':
        this.#recorder.marker(message.text, message.at);
        return;
      case 'stop':
        void this.#recorder.stop();
        return;
    }
  }

  #tell(): void {
    this.#told = this.#taken;
    const { bytes, duration } = this.#recorder;
    post({ kind: 'progress', bytes, duration, taken: this.#taken });
  }

  async #ended(summary: RecordingSummary): Promise<void> {
    clearInterval(this.#timer);
    const { bytes, duration } = summary;
    const { name, kept } = this.#sink;
    let { error } = summary;
    let file: Blob | undefined;
    try {
      // What was written before a failure is a readable recording too.
      if (bytes > 0) file = await this.#sink.blob();
    } catch (cause) {
      error ??= reasonOf(cause);
    }
    const ended: RecordedFile = {
      name,
      kept,
      bytes,
      duration,
      ...(file === undefined ? {} : { file }),
      ...(error === undefined ? {} : { error: { code: error.code, message: error.message } }),
    };
    post({ kind: 'ended', ...ended });
  }
}

function reasonOf(cause: unknown): SightlineError {
  const message = cause instanceof Error ? cause.message : String(cause);
  return new SightlineError('internal', message, { cause });
}

let recording: Promise<WrittenRecording> | undefined;

self.addEventListener('message', (event: MessageEvent<ToRecorder>) => {
  const message = event.data;
  if (message.kind === 'start') {
    recording ??= openSink(message.name).then((sink) => new WrittenRecording(message, sink));
    recording.catch((cause) => {
      const { code, message: reason } = reasonOf(cause);
      const error = { code, message: reason };
      post({ kind: 'ended', name: message.name, kept: false, bytes: 0, duration: 0, error });
    });
  } else {
    recording?.then(
      (started) => started.take(message),
      // That it could not begin is told already.
      () => {},
    );
  }
});
