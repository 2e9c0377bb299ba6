/** The links of a measurement, in a process of their own: their timers wait for nobody's work. */
import { parseLink, type ShapedProxy, shapedProxy } from '../../engine/index.js';
import { childTask, type LinkTask, serveParent, tellParent } from './processes.js';

const { target, lines } = childTask<LinkTask>();
const proxies: ShapedProxy[] = [];
for (const { words, seed } of lines)
  proxies.push(await shapedProxy({ target, link: parseLink(words), seed }));
serveParent({
  traces: () => ({}),
  stop: async () => {
    for (const proxy of proxies) await proxy.close();
  },
});
tellParent({ ready: 'links', ports: proxies.map(({ port }) => port) });
