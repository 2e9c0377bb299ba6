/** Everything that the page shows, and how the worker's news change it. Pure: no DOM, no worker. */
import type { QualityName, Size } from '../../../codecs/index.js';
import type { Participant, Tool } from '../../../engine/protocol/index.js';
import type { ViewerState } from '../../../engine/viewer/index.js';
import type { Locale } from '../../messages/index.js';
import { afterViewer, type ChatState, heard, NO_CHAT } from './chat-lines.js';
import type { ViewChoice } from './view/mapping.js';
import type { FromWorker, Recorded, RecordingState, StatsFigures } from './worker-api.js';

export type PanelName = 'people' | 'help' | 'details' | 'lab' | undefined;

export interface ConsoleState {
  /** What keeps the page from even trying. */
  readonly obstacle: 'incomplete' | 'unsupported' | undefined;
  /** A fault in the page itself, in words. */
  readonly fault: string | undefined;
  /** The session as the worker sees it. */
  readonly viewer: ViewerState;
  /** Whether a picture has been shown since the page was opened. */
  readonly seen: boolean;
  /** Why the last attempt to join failed, kept while the next one runs. */
  readonly refusal: string | undefined;
  /** What the page speaks. */
  readonly locale: Locale;
  /** What the others see of this technician; empty: not said yet, then they see a word for everybody. */
  readonly name: string;
  /** Whether the technician is being asked for a name. */
  readonly asksName: boolean;
  /** The panel that is open. */
  readonly panel: PanelName;
  /** What this technician has chosen, told to the worker and not yet confirmed perhaps. */
  readonly quality: QualityName;
  readonly tool: Tool;
  readonly view: ViewChoice;
  /** Whether the row of keys is shown while in control. */
  readonly keys: boolean;
  readonly stats: StatsFigures | undefined;
  /** When the figures last spoke of a new frame, milliseconds since 1970. */
  readonly framesAt: number;
  /** When they came. */
  readonly statsAt: number;
  readonly recording: RecordingState;
  /** The recording that has ended last, until it was seen to or another begins. */
  readonly recorded: Recorded | undefined;
  /** When the marker was set that is being named now, on the clock that page and worker share. */
  readonly markedAt: number | undefined;
  /** The line that is simulated at this viewer, in the link model's words; `none`: the network as it is. */
  readonly line: string;
  readonly fullScreen: boolean;
  readonly chat: ChatState;
}

export const INITIAL_STATE: ConsoleState = {
  obstacle: undefined,
  fault: undefined,
  viewer: {
    connection: { kind: 'idle' },
    link: 'alive',
    lane: false,
    host: 'unknown',
    hostName: '',
    hostQuiet: false,
    session: '',
    viewer: 0,
    participants: [],
    controller: 0,
    capabilities: undefined,
    controlWanted: false,
    controlLapsed: false,
    quality: 'auto',
    level: undefined,
    auto: undefined,
    tool: 'none',
    recording: false,
    watching: true,
    width: 0,
    height: 0,
    stale: false,
  },
  seen: false,
  refusal: undefined,
  locale: 'en',
  name: '',
  asksName: false,
  panel: undefined,
  quality: 'auto',
  tool: 'none',
  view: { mode: 'fit', zoom: 100 },
  keys: false,
  stats: undefined,
  framesAt: 0,
  statsAt: 0,
  recording: { active: false },
  recorded: undefined,
  markedAt: undefined,
  line: 'none',
  fullScreen: false,
  chat: NO_CHAT,
};

/**
 * The state after a message of the worker; the same object where nothing that is shown has changed. `at` is now,
 * in milliseconds since 1970.
 */
export function afterNews(state: ConsoleState, news: FromWorker, at = 0): ConsoleState {
  switch (news.kind) {
    case 'viewer':
      return {
        ...state,
        viewer: news.viewer,
        quality: news.viewer.quality,
        tool: news.viewer.tool,
        refusal: refusalAfter(state.refusal, news.viewer),
        chat: afterViewer(state.chat, state.viewer, news.viewer, at),
      };
    case 'chat':
      return { ...state, chat: heard(state.chat, news.entry, at) };
    case 'incomplete':
      return { ...state, obstacle: 'incomplete' };
    case 'frame':
      return state.seen ? state : { ...state, seen: true };
    case 'stats':
      return {
        ...state,
        stats: news.stats,
        statsAt: at,
        framesAt: news.stats.frames === state.stats?.frames ? state.framesAt : at,
      };
    case 'recording':
      return {
        ...state,
        recording: news.recording,
        recorded: news.recording.active ? undefined : state.recorded,
        markedAt: news.recording.active ? state.markedAt : undefined,
      };
    case 'fault':
      return { ...state, fault: news.message };
    case 'recorded':
      return { ...state, recorded: news.recorded };
    case 'erased':
    case 'recording-failed':
    case 'failed':
    case 'screenshot':
    case 'lab-run':
    case 'hash':
    case 'drawings':
    case 'records':
      return state;
  }
}

function refusalAfter(before: string | undefined, { connection }: ViewerState): string | undefined {
  switch (connection.kind) {
    case 'waiting':
      return connection.code;
    case 'connecting':
      return before;
    default:
      return undefined;
  }
}

/** The host's picture size, once it is known. */
export function sizeOf({ viewer }: ConsoleState): Size | undefined {
  return viewer.width === 0 ? undefined : { width: viewer.width, height: viewer.height };
}

/** Everybody in the session, the host included. */
export function peopleIn({ viewer }: ConsoleState): number {
  return viewer.participants.length + (viewer.hostName === '' ? 0 : 1);
}

export function hasControl({ viewer }: ConsoleState): boolean {
  return viewer.connection.kind === 'joined' && viewer.viewer !== 0 && viewer.controller === viewer.viewer;
}

/** Whether this technician's pointer and keys reach the host. */
export function reachesHost(state: ConsoleState): boolean {
  return hasControl(state) && state.tool === 'none' && state.viewer.host === 'present';
}

/** Who waits for the control that this technician has, the next one first. */
export function askersOf(state: ConsoleState): readonly Participant[] {
  if (!hasControl(state)) return [];
  const waiting = state.viewer.participants.filter((one) => one.waiting !== undefined);
  return waiting.sort((one, other) => one.waiting! - other.waiting!);
}

/** This technician's place among those who wait for the control, from 1; 0: does not wait, or it is not known yet. */
export function placeOf({ viewer }: ConsoleState): number {
  return viewer.participants.find((one) => one.viewer === viewer.viewer)?.waiting ?? 0;
}

/** Whether what is typed was meant for the host, which it does not reach: the technician has not given the control up. */
export function isInterrupted(state: ConsoleState): boolean {
  return state.viewer.controlWanted && state.tool === 'none' && !reachesHost(state);
}

/** Figures of frames say nothing of now, milliseconds after the last frame. */
const OLD_AFTER_MS = 10_000;

/** Whether what the strip says of frames is of another time: nothing has come since, or nothing can come. */
export function areFiguresOld(state: ConsoleState): boolean {
  return lampOf(state) !== 'open' || state.statsAt - state.framesAt > OLD_AFTER_MS;
}

/** Whether closing the page would lose something (a recording that nobody else keeps is one), or is perhaps a Ctrl+W that was meant for the host. */
export function asksBeforeClosing(state: ConsoleState): boolean {
  return state.recording.active || state.recorded?.kept === false || hasControl(state);
}

/** What covers the picture, most important first; undefined while all is well. */
export type NoticeKind =
  | 'incomplete'
  | 'unsupported'
  | 'fault'
  | 'ended'
  | 'version'
  | 'not-found'
  | 'refused'
  | 'lost'
  | 'away'
  | 'connecting'
  | 'waiting';

export function noticeOf(state: ConsoleState): NoticeKind | undefined {
  if (state.obstacle !== undefined) return state.obstacle;
  if (state.fault !== undefined) return 'fault';
  const { connection, host } = state.viewer;
  switch (connection.kind) {
    case 'ended':
      return host === 'ended' ? 'ended' : refusalOf(connection.code);
    case 'waiting':
    case 'connecting':
    case 'idle':
      if (state.refusal === 'not-found') return 'not-found';
      return state.seen ? 'lost' : 'connecting';
    case 'joined':
      if (host === 'ended') return 'ended';
      if (host === 'away') return 'away';
      return state.seen ? undefined : 'waiting';
  }
}

function refusalOf(code: string): NoticeKind {
  if (code === 'session-ended') return 'ended';
  return code === 'unsupported-version' ? 'version' : code === 'not-found' ? 'not-found' : 'refused';
}

/** The colour of the little lamp beside the host's name. */
export type Lamp = 'connecting' | 'open' | 'quiet' | 'lost' | 'refused' | 'ended' | 'away';

export function lampOf(state: ConsoleState): Lamp {
  const notice = noticeOf(state);
  switch (notice) {
    case undefined:
    case 'waiting':
      return state.viewer.link === 'quiet' || state.viewer.hostQuiet ? 'quiet' : 'open';
    case 'away':
    case 'ended':
    case 'lost':
    case 'connecting':
      return notice;
    case 'not-found':
      return 'connecting';
    default:
      return 'refused';
  }
}
