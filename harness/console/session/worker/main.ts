/** The worker's beginning: one start message, then one session until the page goes away. */
import type { FromWorker, ToWorker } from '../worker-api.js';
import { PageSession } from './session.js';

let session: Promise<PageSession | undefined> | undefined;

const post = (news: FromWorker) => self.postMessage(news);

self.addEventListener('message', (event: MessageEvent<ToWorker>) => {
  const message = event.data;
  if (message.kind === 'start') session ??= PageSession.start(message, post);
  else session?.then((started) => started?.take(message)).catch(reportError);
});
