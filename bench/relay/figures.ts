/** How a measured server process and the benchmark talk: its port, and its CPU time when asked. */
import { type ChildProcess, fork } from 'node:child_process';
import { builtFile } from '../../engine/index.js';

/** In the server: tells the port, answers questions for the CPU time, stops when the benchmark goes. */
export function serveFigures(port: number, stop: () => void): void {
  process.on('message', () => process.send?.({ cpu: process.cpuUsage() }));
  process.once('disconnect', stop);
  process.send?.({ port });
}

/** In the benchmark: a server process. */
export class MeasuredServer {
  readonly name: string;
  readonly port: number;
  readonly #process: ChildProcess;

  private constructor(name: string, port: number, child: ChildProcess) {
    this.name = name;
    this.port = port;
    this.#process = child;
  }

  static async start(name: string, module: string, args: readonly string[] = []): Promise<MeasuredServer> {
    const child = fork(builtFile('bench', 'relay', module), args, {
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    const { port } = (await nextMessage(child)) as { port: number };
    return new MeasuredServer(name, port, child);
  }

  /** CPU time that the process has used so far, milliseconds. */
  async cpuMs(): Promise<number> {
    const answer = nextMessage(this.#process);
    this.#process.send('cpu');
    const { cpu } = (await answer) as { cpu: NodeJS.CpuUsage };
    return (cpu.user + cpu.system) / 1000;
  }

  stop(): Promise<void> {
    return new Promise((resolve) => {
      this.#process.once('exit', () => resolve());
      this.#process.disconnect();
    });
  }
}

function nextMessage(child: ChildProcess): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const onExit = (code: number | null) => reject(new Error(`The server ended with code ${code}.`));
    child.once('exit', onExit);
    child.once('message', (message) => {
      child.off('exit', onExit);
      resolve(message);
    });
  });
}
