/** One session of the page: a controller and a worker of its own, over one address. */
import type { Locale } from '../../messages/index.js';
import type { Say } from '../messages.js';
import { pageFile } from '../page-files.js';
import type { SettingsKeeper } from '../settings/settings.js';
import { Controller } from './controller.js';
import { DrawingsKeeper } from './drawings.js';
import { INITIAL_STATE } from './state.js';
import type { FromWorker, ToWorker } from './worker-api.js';

export interface SessionOptions {
  /** Of a page that shows the session: its relay, and its token in the fragment. */
  readonly address: string;
  readonly say: Say;
  readonly locale: Locale;
  readonly keeper: SettingsKeeper;
  /** What the others are to see, before what is kept. */
  readonly name: string | null;
}

export interface OpenSession {
  readonly controller: Controller;
  /** Gives the session's worker its canvases, and starts it. Once; does nothing where the browser cannot. */
  start(picture: HTMLCanvasElement, overlay: HTMLCanvasElement): void;
}

export function openSession({ address, say, locale, keeper, name: asked }: SessionOptions): OpenSession {
  // Shared memory and canvases in workers are what decoding and painting rest on.
  const able = window.crossOriginIsolated && 'transferControlToOffscreen' in HTMLCanvasElement.prototype;
  const settings = keeper.read();
  const name = asked ?? settings.name ?? '';
  const controller = new Controller(
    say,
    {
      locale,
      name,
      asksName: name === '',
      quality: settings.quality ?? INITIAL_STATE.quality,
      view: settings.view ?? INITIAL_STATE.view,
      // Where fingers are, a keyboard often is not.
      keys: settings.keys ?? matchMedia('(pointer: coarse)').matches,
      chat: { ...INITIAL_STATE.chat, open: settings.chat ?? false },
      panel: settings.panel === 'none' ? undefined : settings.panel,
      ...(able ? {} : { obstacle: 'unsupported' as const }),
    },
    keeper,
  );
  const drawings = new DrawingsKeeper(new URL(address).hash, () => sessionStorage);
  controller.onDrawings = (now) => drawings.keep(now);

  const start = (picture: HTMLCanvasElement, overlay: HTMLCanvasElement): void => {
    if (!able) return;
    const worker = new Worker(new URL(pageFile('decode-worker.js'), import.meta.url), { type: 'module' });
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
      address,
      kernels: new URL(`/${pageFile('kernels.wasm')}`, location.href).href,
      name: controller.state.name || say('name.default'),
      quality: controller.state.quality,
      drawings: drawings.read(),
      ...canvases,
    };
    worker.postMessage(message, [canvases.picture, canvases.overlay]);
  };
  return { controller, start };
}
