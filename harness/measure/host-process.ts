/** A simulated host in a process of its own, for measurements. */
import { randomBytes } from 'node:crypto';
import { ColourLevel, levelOfName } from '../../codecs/index.js';
import { dialWebSocket, HostSession, type HostTrace, systemClock } from '../../engine/index.js';
import { FrameHasher } from '../hashes.js';
import { exitIfBroken, ReplaySource, SimulatedDesktop } from '../hosts/index.js';
import { childTask, type HostTask, serveParent, takeAll, tellParent } from './processes.js';

const { settings, relay, token, replay } = childTask<HostTask>();
const level = levelOfName(settings.level) ?? ColourLevel.High;
const hasher = await FrameHasher.create();
const source =
  replay === undefined
    ? new SimulatedDesktop({
        clock: systemClock,
        width: settings.width,
        height: settings.height,
        fps: settings.fps,
        seed: settings.seed,
        scenes: settings.scenes,
        markers: true,
      })
    : await ReplaySource.open(replay, {
        clock: systemClock,
        pace: settings.pace ?? 1,
        loop: true,
        markers: true,
      });
let isHashing = false;
const traces: HostTrace[] = [];
const session = new HostSession({
  source,
  dial: () => dialWebSocket(relay),
  clock: systemClock,
  token,
  key: randomBytes(16).toString('base64url'),
  name: 'measured host',
  ...(settings.threads === undefined ? {} : { threads: settings.threads }),
  onState: (state) => {
    if (state.kind !== 'connected') return;
    const textField = source instanceof SimulatedDesktop ? source.locate('form.field') : undefined;
    tellParent({ ready: 'host', ...(textField === undefined ? {} : { textField }) });
  },
  onTrace: (trace) => traces.push(trace),
  onFault: (error) => exitIfBroken(source, error),
  onFrame: (frame) => {
    if (!isHashing) return;
    const picture = frame.picture(level);
    // A browser computes no MD5.
    const hash = settings.viewer === 'page' ? hasher.sha256(picture) : hasher.md5(picture);
    tellParent({ frame: frame.frame, hash });
  },
});
serveParent({
  host: () => ({
    host: session.stats(),
    ...(source instanceof ReplaySource ? { fileWait: source.waited } : {}),
  }),
  traces: () => ({ hostTraces: takeAll(traces) }),
  hash: (on) => {
    isHashing = on;
  },
  stop: () => session.stop(),
});
await session.start();
