/** A worker of the session's worker: helps to decode until the page goes away. */
import { type HelpTask, helpDecoding } from '../../../../codecs/index.js';

self.addEventListener('message', (event: MessageEvent<HelpTask>) => helpDecoding(event.data), { once: true });
