/** A host session in Node: kernels of the build, threads of piscina. */
import { availableParallelism } from 'node:os';
import { loadKernelModule } from '../artifacts.js';
import { piscinaThreads } from '../display/piscina-threads.js';
import { HostSession as PortableHostSession } from './session.js';
import type { HostSessionOptions } from './types.js';

/** More threads than this help no picture: its slices are few. */
const MAX_THREADS = 3;

export class HostSession extends PortableHostSession {
  constructor(options: HostSessionOptions) {
    super({
      ...options,
      module: options.module ?? loadKernelModule,
      threads: options.threads ?? Math.min(availableParallelism() - 1, MAX_THREADS),
      startThreads: options.startThreads ?? piscinaThreads,
    });
  }
}
