/** A link of the laboratory's before a server of this process, in a process of its own as `sightline measure` has it. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

export interface RunningLink {
  /** The party's end: what connects to it reaches the server over the line. */
  readonly port: number;
  close(): Promise<void>;
}

/** `words`: the line, as `parseLink` reads it; `target`: the server's port on 127.0.0.1. */
export async function startLink(target: number, words: string): Promise<RunningLink> {
  const module = fileURLToPath(new URL('../../harness/measure/link-process.js', import.meta.url));
  const task = JSON.stringify({ target, lines: [{ words, seed: 1 }] });
  const child = fork(module, [task], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  const [{ ports }] = (await once(child, 'message')) as [{ ports: { relay: number }[] }];
  return {
    port: ports[0]!.relay,
    async close() {
      child.disconnect();
      await once(child, 'exit');
    },
  };
}
