/** A thread that helps to decode, in Node: until the decoder is closed. */
import { workerData } from 'node:worker_threads';
import { type HelpTask, helpDecoding } from '../../codecs/index.js';

helpDecoding(workerData as HelpTask);
