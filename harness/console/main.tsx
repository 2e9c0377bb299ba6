/** The page's beginning: language, worker, first drawing. */
import { render } from 'preact';
import { pickLocale } from '../messages/index.js';
import { App } from './app/App.js';
import { readOptions } from './app/address.js';
import { Controller } from './app/controller.js';
import { exposeInspection } from './inspection.js';
import { sayIn } from './messages.js';
import type { FromWorker, ToWorker } from './worker-api.js';

const options = readOptions(location.search);
const locale = pickLocale([options.lang, ...navigator.languages]);
const say = sayIn(locale);
document.documentElement.lang = locale;

// Shared memory and canvases in workers are what decoding and painting rest on.
const able = window.crossOriginIsolated && 'transferControlToOffscreen' in HTMLCanvasElement.prototype;
const controller = new Controller(say, able ? {} : { obstacle: 'unsupported' });
exposeInspection(controller);

render(<App controller={controller} onCanvases={start} />, document.getElementById('root')!);

function start(picture: HTMLCanvasElement, overlay: HTMLCanvasElement): void {
  if (!able) return;
  const worker = new Worker(new URL('decode-worker.js', import.meta.url), { type: 'module' });
  worker.addEventListener('message', (event: MessageEvent<FromWorker>) => controller.hear(event.data));
  worker.addEventListener('error', (event) =>
    controller.hear({ kind: 'fault', code: 'internal', message: event.message || 'worker' }),
  );
  controller.connect(worker);
  const canvases = {
    picture: picture.transferControlToOffscreen(),
    overlay: overlay.transferControlToOffscreen(),
  };
  const message: ToWorker = {
    kind: 'start',
    address: location.href,
    kernels: new URL('/kernels.wasm', location.href).href,
    name: options.name ?? say('name.default'),
    quality: controller.state.quality,
    ...canvases,
  };
  worker.postMessage(message, [canvases.picture, canvases.overlay]);
}

// Another address in the same tab is another session.
window.addEventListener('hashchange', () => location.reload());
