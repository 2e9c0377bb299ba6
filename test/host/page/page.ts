/** The page: hands questions on to its host. */
import type { Ask } from './host-worker.js';

declare global {
  interface Window {
    ask(ask: Ask): Promise<unknown>;
  }
}

const worker = new Worker('/host-worker.js', { type: 'module' });
window.ask = (ask) =>
  new Promise((resolve, reject) => {
    worker.onmessage = ({ data }) => {
      if ('error' in data) reject(new Error(data.error));
      else resolve(data.answer);
    };
    worker.onerror = (event) => reject(new Error(event.message));
    worker.postMessage(ask);
  });
