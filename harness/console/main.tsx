/** The page's beginning: language, worker, first drawing. */
import { render } from 'preact';
import { pickLocale } from '../messages/index.js';
import { readOptions } from './app/address.js';
import { Controller } from './app/controller.js';
import { DrawingsKeeper } from './app/drawings.js';
import { Page } from './app/Page.js';
import { SettingsKeeper } from './app/settings.js';
import { INITIAL_STATE } from './app/state.js';
import { exposeInspection, exposeRecordings } from './inspection.js';
import { Speaker } from './messages.js';
import { pageFile } from './page-files.js';
import type { FromPlayer } from './playback/api.js';
import { RecordingsController, type StartWorker } from './recordings/controller.js';
import type { FromWorker, ToWorker } from './worker-api.js';

const options = readOptions(location.search);
const keeper = new SettingsKeeper(() => localStorage);
const settings = keeper.read();
const locale = pickLocale([options.lang, settings.locale, ...navigator.languages]);
const speaker = new Speaker(locale);
const { say } = speaker;
document.documentElement.lang = locale;

// Shared memory and canvases in workers are what decoding and painting rest on.
const able = window.crossOriginIsolated && 'transferControlToOffscreen' in HTMLCanvasElement.prototype;
const name = options.name ?? settings.name ?? '';
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
controller.onLocale = (next) => {
  speaker.speak(next);
  document.documentElement.lang = next;
};
const drawings = new DrawingsKeeper(location.hash, () => sessionStorage);
controller.onDrawings = (now) => drawings.keep(now);
exposeInspection(controller);

render(
  <Page controller={controller} tab={options.tab} startRecordings={startRecordings} onCanvases={start} />,
  document.getElementById('root')!,
);

function startRecordings(): RecordingsController {
  const recordings = new RecordingsController(say, startReader);
  exposeRecordings(recordings);
  return recordings;
}

function start(picture: HTMLCanvasElement, overlay: HTMLCanvasElement): void {
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
    address: location.href,
    kernels: new URL(`/${pageFile('kernels.wasm')}`, location.href).href,
    name: controller.state.name || say('name.default'),
    quality: controller.state.quality,
    drawings: drawings.read(),
    ...canvases,
  };
  worker.postMessage(message, [canvases.picture, canvases.overlay]);
}

function startReader(hear: Parameters<StartWorker>[0]): ReturnType<StartWorker> {
  const worker = new Worker(new URL(pageFile('playback-worker.js'), import.meta.url), { type: 'module' });
  worker.addEventListener('message', (event: MessageEvent<FromPlayer>) => hear(event.data));
  worker.addEventListener('error', (event) =>
    hear({ kind: 'fault', fault: { code: 'internal', message: event.message || 'worker' } }),
  );
  return worker;
}

// Whatever may have broken the links or brought the network back: they are looked at at once.
for (const event of ['online', 'pageshow']) window.addEventListener(event, () => controller.look());
document.addEventListener('visibilitychange', () => {
  if (document.visibilityState === 'visible') controller.look();
});

// Another address in the same tab is another session.
window.addEventListener('hashchange', () => location.reload());
