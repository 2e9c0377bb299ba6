/** The worker's beginning. Each worker does one thing: describe for the list, play, survey, or convert. */
import type { FromPlayer, ToPlayer } from './api.js';
import { convert } from './convert.js';
import { describe } from './describe.js';
import { PagePlayer } from './player.js';
import { survey } from './survey.js';

let player: Promise<PagePlayer | undefined> | undefined;
const cancelled = new AbortController();

const post = (news: FromPlayer, transfer: Transferable[] = []) => self.postMessage(news, { transfer });

self.addEventListener('message', (event: MessageEvent<ToPlayer>) => {
  const message = event.data;
  switch (message.kind) {
    case 'describe':
      void describe(message).then(post);
      return;
    case 'survey':
      void survey(message, post);
      return;
    case 'convert':
      void convert(message, cancelled.signal, post);
      return;
    case 'cancel':
      cancelled.abort();
      return;
    case 'open':
      player ??= PagePlayer.open(message, post);
      return;
    default:
      void player?.then((opened) => opened?.take(message));
  }
});
