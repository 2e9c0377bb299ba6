/** Threads that help the page's decoder: workers of the session's worker, over one memory with it. */
import type { DecodeHelp } from '../../../../codecs/index.js';
import { pageFile } from '../../page-files.js';

/** More were not measured: a page that shows the picture and a browser that puts it on the screen want cores, too. */
const MOST_THREADS = 2;

/** None where there is one core only. */
export function pageDecodeHelp(): DecodeHelp {
  return {
    threads: Math.min(MOST_THREADS, navigator.hardwareConcurrency >> 1),
    start(task, onLost) {
      const worker = new Worker(new URL(pageFile('decode-helper.js'), import.meta.url), { type: 'module' });
      worker.addEventListener('error', onLost);
      worker.postMessage(task);
      return { end: () => worker.terminate() };
    },
  };
}
