/** What `sightline host` does. */
import { writeFile } from 'node:fs/promises';
import { type ColourLevel, type LevelName, levelOfName } from '../../codecs/index.js';
import {
  dialWebSocket,
  type FrameSource,
  formatRecord,
  HostSession,
  type HostState,
  systemClock,
} from '../../engine/index.js';
import { formatAddress } from '../../engine/viewer/index.js';
import { FrameHasher } from '../hashes.js';
import { ReplaySource, SimulatedCustomer, SimulatedDesktop } from '../hosts/index.js';
import { localeOfEnvironment } from '../messages/index.js';
import { SideFile } from '../side-file.js';
import { askForRoom } from './ask-room.js';
import { hostKey, newKey } from './host-key.js';
import type { SimulationFlags } from './host-options.js';
import { messages } from './messages.js';
import type { Pace } from './options.js';
import { ExitCode, print, printJson, say, sayChanges, untilInterrupted } from './output.js';
import { text } from './text.js';
import { bytesInWords, exactSeconds } from './words.js';

export interface HostFlags extends SimulationFlags {
  readonly relay: URL;
  readonly ca?: string;
  readonly token?: string;
  readonly name: string;
  readonly secret?: string;
  readonly replay?: string;
  readonly pace: Pace;
  readonly loop?: boolean;
  readonly viewers: number;
  readonly md5?: boolean;
  readonly autoLog?: string;
  readonly level: LevelName;
  readonly screenshot?: string;
  readonly quiet?: boolean;
  readonly json?: boolean;
}

/** A loss of the relay that lasts no longer is not told. */
const NEWS_AFTER_MS = 300;

/** Shares until the session or the replay is over; the exit code. */
export async function share(flags: HostFlags): Promise<number> {
  const stopped = untilInterrupted();
  const source = await openSource(flags);
  const secret = flags.secret ?? process.env.SIGHTLINE_SECRET;
  // A relay that gives rooms out gives one to who names none.
  const asked = flags.token === undefined ? await askForRoom(flags.relay, secret, flags.ca) : undefined;
  const token = flags.token ?? asked?.room ?? newKey();
  const hasher = flags.md5 ? await FrameHasher.create() : undefined;
  const level = levelOfName(flags.level) as ColourLevel;
  const socket = new URL('/ws', flags.relay);
  socket.protocol = flags.relay.protocol === 'https:' ? 'wss:' : 'ws:';

  const autoLog =
    flags.autoLog === undefined
      ? undefined
      : await SideFile.open(flags.autoLog, ({ message }) =>
          say(text(messages.host.logFailed, { file: flags.autoLog!, reason: message })),
        );
  const sayState = sayChanges();
  const sayFault = sayChanges();
  let frames = 0;
  let finish: (code: number) => void = () => {};
  const finished = new Promise<number>((resolve) => {
    finish = resolve;
  });
  let isOver = false;
  // A relay that goes away together with this host, by one Ctrl-C for both, is no news.
  const announceLater = (state: HostState) => {
    setTimeout(() => {
      if (!isOver && session.state.kind !== 'connected') announceState(state, flags, sayState);
    }, NEWS_AFTER_MS);
  };
  const customer = new SimulatedCustomer({
    clock: systemClock,
    language: localeOfEnvironment(process.env),
    say: (answer) => session.chat.send(answer),
  });
  const session: HostSession = new HostSession({
    source,
    dial: () => dialWebSocket(socket.href, flags.ca === undefined ? {} : { ca: flags.ca }),
    clock: systemClock,
    token,
    // Who names a session wants to find it again; of one with a name of its own nobody knows.
    key: flags.token === undefined ? newKey() : await hostKey(flags.relay.origin, flags.token),
    name: flags.name,
    everyFrame: flags.pace === 'fastest' && flags.replay !== undefined,
    waitForViewers: flags.viewers,
    ...(secret === undefined ? {} : { secret }),
    ...(asked === undefined ? {} : { ticket: asked.ticket }),
    ...(flags.threads === undefined ? {} : { threads: flags.threads }),
    onState: (state) => {
      if (state.kind === 'waiting') announceLater(state);
      else announceState(state, flags, sayState);
      if (state.kind === 'ended') finish(ExitCode.Failure);
    },
    onFrame: (frame) => {
      if (!frame.again) frames++;
      if (hasher !== undefined) print(hasher.line(frame.frame, frame.drawnAt, frame.picture(level)));
    },
    ...(autoLog === undefined ? {} : { onAutoRecord: (record) => autoLog.write(formatRecord(record)) }),
    onChat: (entry) => {
      if (source instanceof SimulatedDesktop) customer.hear(entry);
    },
    onFault: (error) => sayFault(text(messages.errors.prefix, { message: error.message })),
    onEnded: () => {
      const isWhole = !(source instanceof ReplaySource && source.hasFailed);
      finish(isWhole ? ExitCode.Success : ExitCode.Failure);
    },
  });
  // A parent process that goes away takes its host along.
  process.once('disconnect', () => finish(ExitCode.Success));
  void stopped.then(() => finish(ExitCode.Success));
  if (!flags.quiet) announceAddress(flags, token);
  await session.start();
  const code = await finished;
  isOver = true;
  try {
    if (flags.screenshot !== undefined && source instanceof SimulatedDesktop) {
      await writeFile(flags.screenshot, source.renderCustomerView());
    }
  } finally {
    await session.stop();
    await autoLog?.close();
  }
  const lost = autoLog?.lost ?? 0;
  if (lost > 0) say(text(messages.host.logLost, { file: flags.autoLog!, count: lost }));
  if (flags.replay !== undefined && session.state.kind !== 'ended')
    say(text(messages.host.ended, { frames }));
  return code;
}

async function openSource(flags: HostFlags): Promise<FrameSource> {
  if (flags.replay !== undefined) {
    return ReplaySource.open(flags.replay, {
      clock: systemClock,
      pace: flags.pace,
      loop: flags.loop ?? false,
      onSkipped: ({ after, bytes, blocks }) =>
        say(text(messages.host.skipped, { after: exactSeconds(after), bytes: bytesInWords(bytes), blocks })),
    });
  }
  return new SimulatedDesktop({
    clock: systemClock,
    width: flags.size.width,
    height: flags.size.height,
    fps: flags.fps,
    seed: flags.seed,
    font: flags.font,
    scenes: flags.scene,
    language: localeOfEnvironment(process.env),
  });
}

function announceAddress(flags: HostFlags, token: string): void {
  const address = formatAddress(flags.relay.origin, token);
  if (flags.json) printJson({ address, token, pid: process.pid });
  else say(text(messages.host.address, { address }));
}

function announceState(state: HostState, flags: HostFlags, sayState: (line: string) => void): void {
  if (state.kind === 'connected') {
    process.send?.('connected');
    if (state.link === 'quiet') sayState(messages.host.quiet);
    else if (!flags.quiet) sayState(messages.host.connected);
  } else if (state.kind === 'waiting') {
    sayState(text(messages.host.lost, { reason: state.reason }));
  } else if (state.kind === 'ended') {
    sayState(text(messages.host.refused, { reason: state.reason }));
  }
}
