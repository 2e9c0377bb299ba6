/** The page's beginning: language, session, first drawing. */
import { render } from 'preact';
import { pickLocale } from '../../messages/index.js';
import { Speaker } from '../messages.js';
import { pageFile } from '../page-files.js';
import { RecordingsController, type StartWorker } from '../recordings/controller.js';
import type { FromPlayer } from '../recordings/playback/api.js';
import { openSession } from '../session/open.js';
import { SettingsKeeper } from '../settings/settings.js';
import { readOptions } from './address.js';
import { exposeInspection, exposeRecordings } from './inspection.js';
import { Page } from './Page.js';

const options = readOptions(location.search);
const keeper = new SettingsKeeper(() => localStorage);
const settings = keeper.read();
const locale = pickLocale([options.lang, settings.locale, ...navigator.languages]);
const speaker = new Speaker(locale);
const { say } = speaker;
document.documentElement.lang = locale;

const session = openSession({ address: location.href, say, locale, keeper, name: options.name });
const { controller } = session;
controller.onLocale = (next) => {
  speaker.speak(next);
  document.documentElement.lang = next;
};
exposeInspection(controller);

render(
  <Page
    controller={controller}
    tab={options.tab}
    startRecordings={startRecordings}
    onCanvases={session.start}
  />,
  document.getElementById('root')!,
);

function startRecordings(): RecordingsController {
  const recordings = new RecordingsController(say, startReader);
  exposeRecordings(recordings);
  return recordings;
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
