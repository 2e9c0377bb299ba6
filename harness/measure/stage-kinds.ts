/** What a sample's time is cut into, and what each stage is: work, waiting for somebody, or a way. */

export type StageKind = 'waiting' | 'working' | 'link';

/** All stages, in the order of a click that becomes a picture. */
export const STAGE_KINDS = {
  /** The event's time on the timetable has come, and it is made. */
  late: 'waiting',
  /** From the technician to the relay. */
  eventUp: 'link',
  /** The relay reads it and sends it on. */
  eventRelay: 'working',
  /** From the relay to the host. */
  eventDown: 'link',
  /** The host acts on it. */
  apply: 'working',
  /** Drawn by the host, and not captured yet: the window of the level is shut, or the host is busy. */
  window: 'waiting',
  capture: 'working',
  /** Compared with what was sent, moves found. */
  compare: 'working',
  /** Captured and compared, and not coded yet: the coder and its pool are busy. */
  pool: 'waiting',
  /** Until the last slice is given to the link. */
  encode: 'working',
  /** From the host to the relay, the last slice. */
  frameUp: 'link',
  frameRelay: 'working',
  /** From the relay to the viewer, the last slice. */
  frameDown: 'link',
  /** What a viewer can tell by itself of all that: drawn, and its first slice is here. */
  travel: 'link',
  /** And its last. */
  arrive: 'link',
  /** The last slice; those before it are decoded while it is on its way. */
  decode: 'working',
  /** A page: decoded, and the next animation frame has not come. Frames that are decoded meanwhile go with it. */
  animation: 'waiting',
  /** A page: painted into the canvas. */
  compose: 'working',
  /** A page: the picture's marker is read back from the canvas, which is the measurement's own work. */
  present: 'working',
  /** From the relay to another viewer. */
  othersDown: 'link',
} as const satisfies Readonly<Record<string, StageKind>>;
export type StageName = keyof typeof STAGE_KINDS;
export const STAGE_NAMES = Object.keys(STAGE_KINDS) as StageName[];
