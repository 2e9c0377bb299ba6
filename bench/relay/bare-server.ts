/**
 * The peer of the relay benchmark: uWebSockets.js and nothing else. The first link publishes; what it sends goes
 * to every other link, and what they send goes to it. With `publish` in its arguments the fan-out is the
 * library's own; otherwise a loop of sends.
 */
import type { WebSocket } from 'uWebSockets.js';
import { serveFigures } from './figures.js';

const uws = ((await import('uWebSockets.js')) as unknown as { default: typeof import('uWebSockets.js') })
  .default;
const usesTopic = process.argv.includes('publish');
const links = new Set<WebSocket<unknown>>();
let publisher: WebSocket<unknown> | undefined;

const app = uws.App().ws('/ws', {
  maxPayloadLength: 1024 * 1024,
  maxBackpressure: 64 * 1024 * 1024,
  idleTimeout: 0,
  compression: uws.DISABLED,
  open(link) {
    if (publisher === undefined) publisher = link;
    else {
      links.add(link);
      if (usesTopic) link.subscribe('frames');
    }
  },
  message(link, message) {
    if (link !== publisher) publisher?.send(message, true, false);
    else if (usesTopic) app.publish('frames', message, true, false);
    else for (const viewer of links) viewer.send(message, true, false);
  },
  close(link) {
    if (link === publisher) publisher = undefined;
    links.delete(link);
  },
});

app.listen('127.0.0.1', 0, (socket) => {
  if (socket === false) throw new Error('No free port.');
  serveFigures(uws.us_socket_local_port(socket), () => app.close());
});
