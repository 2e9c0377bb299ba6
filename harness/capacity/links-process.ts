/** The lines of a capacity search before its relay, in a process of their own: their timers wait for nobody's work. */
import { parseLink, type ShapedProxy, shapedProxy } from '../../engine/index.js';
import { childTask, serve } from './child.js';

export interface LinksTask {
  /** Port of the relay. */
  readonly target: number;
  readonly link: string;
  /** A line for each. */
  readonly seeds: readonly number[];
}

export interface LinksReady {
  /** A port for each line, in the task's order. */
  readonly ports: readonly number[];
}

const { target, link, seeds } = childTask<LinksTask>();
const proxies: ShapedProxy[] = [];
for (const seed of seeds) proxies.push(await shapedProxy({ target, link: parseLink(link), seed }));
serve({
  ready: { ports: proxies.map(({ port }) => port) } satisfies LinksReady,
  async stop() {
    for (const proxy of proxies) await proxy.close();
  },
});
