/**
 * A recorder in a process of its own, to be killed: records the messages of one file again and again into
 * another, one every few milliseconds of real time, and prints the time of each.
 * Arguments: messages, recording.
 */
import { readFileSync, writeSync } from 'node:fs';
import { systemClock } from '../../engine/clock.js';
import { FileSink } from '../../engine/recording/file.js';
import { Recorder } from '../../engine/recording/index.js';

const PACE_MS = 3;

async function main([messagesPath, recordingPath]: string[]): Promise<void> {
  const messages = JSON.parse(readFileSync(messagesPath!, 'utf8')) as string[];
  const bytes = messages.map((message) => new Uint8Array(Buffer.from(message, 'base64')));
  const recorder = new Recorder({
    sink: await FileSink.create(recordingPath!),
    clock: systemClock,
    metadata: { session: 'Killed', host: 'Victim', program: 'test', startedAt: 0 },
  });
  // A limit on file sizes is then told by the write.
  process.on('SIGXFSZ', () => {});
  const start = systemClock.now();
  for (let next = 0; recorder.active; next = (next + 1) % bytes.length) {
    const at = systemClock.now();
    recorder.message(bytes[next]!, at);
    writeSync(1, `${Math.round(at - start)}\n`);
    await new Promise((resolve) => setTimeout(resolve, PACE_MS));
  }
}

void main(process.argv.slice(2));
