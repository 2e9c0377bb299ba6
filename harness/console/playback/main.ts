/** The worker's beginning: it describes recordings for the list, plays the one that it is told to open, or surveys it. */
import type { FromPlayer, ToPlayer } from './api.js';
import { describe } from './describe.js';
import { PagePlayer } from './player.js';
import { survey } from './survey.js';

let player: Promise<PagePlayer | undefined> | undefined;

const post = (news: FromPlayer, transfer: Transferable[] = []) => self.postMessage(news, { transfer });

self.addEventListener('message', (event: MessageEvent<ToPlayer>) => {
  const message = event.data;
  if (message.kind === 'describe') void describe(message).then(post);
  else if (message.kind === 'survey') void survey(message, post);
  else if (message.kind === 'open') player ??= PagePlayer.open(message, post);
  else void player?.then((opened) => opened?.take(message));
});
