/** The links of a measurement, in a process of their own: their timers wait for nobody's work. */
import { parseLink, type ShapedProxy, shapedProxy } from '../../engine/index.js';
import { childTask, type LinkTask, type PartyPorts, serveParent, tellParent } from './processes.js';

const { target, lines } = childTask<LinkTask>();
const proxies: ShapedProxy[] = [];
const ports: PartyPorts[] = [];
for (const { words, seed, bulk } of lines) {
  const proxy = await shapedProxy({ target, link: parseLink(words), seed });
  proxies.push(proxy);
  ports.push({ relay: proxy.port, ...(bulk === undefined ? {} : { bulk: await proxy.also(bulk) }) });
}
serveParent({
  traces: () => ({}),
  stop: async () => {
    for (const proxy of proxies) await proxy.close();
  },
});
tellParent({ ready: 'links', ports });
