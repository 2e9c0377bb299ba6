/**
 * Tools of the technicians: who may draw, point or type, and that nothing of a tool outlives it. While a tool
 * is on, its technician's input does not reach the host. Turning the whiteboard off erases what its technician
 * drew and turning the laser off hides the dot; the relay says so itself, so that a page which is lost leaves
 * nothing behind.
 */
import {
  decodeOverlay,
  ERASE_STROKE_VERSION,
  encodeOverlay,
  OVERLAY_SUBPIXELS,
  type OverlayAction,
  type OverlayEvent,
  stampEventViewer,
  type Tool,
} from '../protocol/index.js';
import { StrokeStore } from './stroke-store.js';
import type { RoomViewer } from './viewer.js';

export interface OverlayPort {
  /** `older` takes the message's place for a party of an older version than `since`. */
  toHost(message: Uint8Array, since?: number, older?: Uint8Array): void;
  /** To every viewer but the author. */
  toOthers(message: Uint8Array, author: number, since?: number, older?: Uint8Array): void;
}

/** Nobody: what the relay says for itself. */
const RELAY = 0;
/** Viewers whose dots somebody may still show: more than are ever there. */
const MAX_POINTERS = 64;

export class Overlays {
  readonly #strokes: StrokeStore;
  /** Viewers that have pointed, the newest last, with the message that shows their dot; undefined: it is hidden. */
  readonly #dots = new Map<number, Uint8Array | undefined>();
  readonly #port: OverlayPort;

  constructor(maxStrokeBytes: number, port: OverlayPort) {
    this.#strokes = new StrokeStore(maxStrokeBytes);
    this.#port = port;
  }

  get strokeBytes(): number {
    return this.#strokes.bytes;
  }

  /** The messages that draw what is there now, over nothing. */
  *present(): Generator<Uint8Array> {
    yield* this.#strokes.messages();
    for (const dot of this.#dots.values()) if (dot !== undefined) yield dot;
  }

  /**
   * The messages that draw what is there now over whatever a party may hold that has missed some: a host that returns,
   * a viewer whose lane was lost. A viewer's own dot is its own affair.
   */
  *anew(viewer: number = RELAY): Generator<Uint8Array> {
    yield made(RELAY, { kind: 'erase', scope: 'all' });
    yield* this.#strokes.messages();
    for (const [author, dot] of this.#dots) {
      if (author !== viewer) yield dot ?? made(author, HIDDEN);
    }
  }

  /** A stroke, an erasure or a laser point of a viewer that has the matching tool on: passed on. */
  receive(viewer: RoomViewer, said: OverlayEvent, message: Uint8Array): void {
    const event = { ...said, viewer: viewer.id };
    stampEventViewer(message, viewer.id);
    if (event.kind === 'laser') this.#point(viewer.id, event.visible ? message.slice() : undefined);
    else this.#strokes.apply(event, message);
    if (event.kind === 'erase' && event.scope === 'stroke') this.#takeBack(event, message);
    else {
      this.#port.toHost(message);
      this.#port.toOthers(message, viewer.id);
    }
  }

  /**
   * An older party does not know how one stroke is erased: for it the stroke begins anew, as a dot where no picture
   * reaches.
   */
  #takeBack(event: OverlayEvent & { kind: 'erase'; scope: 'stroke' }, message: Uint8Array): void {
    const { kind: _kind, scope: _scope, ...head } = event;
    const points = [{ x: FAR_AWAY, y: FAR_AWAY }];
    const older = encodeOverlay({ ...head, kind: 'stroke', begin: true, end: true, points });
    this.#port.toHost(message, ERASE_STROKE_VERSION, older);
    this.#port.toOthers(message, event.viewer, ERASE_STROKE_VERSION, older);
  }

  changeTool(viewer: RoomViewer, tool: Tool): void {
    if (viewer.tool === tool) return;
    this.#putAway(viewer);
    viewer.tool = tool;
  }

  /** The viewer is gone, and what it drew with it. */
  forget(viewer: RoomViewer): void {
    this.#putAway(viewer);
    viewer.tool = 'none';
  }

  #point(viewer: number, dot: Uint8Array | undefined): void {
    this.#dots.delete(viewer);
    for (const oldest of this.#dots.keys()) {
      if (this.#dots.size < MAX_POINTERS) break;
      this.#dots.delete(oldest);
    }
    this.#dots.set(viewer, dot);
  }

  #putAway(viewer: RoomViewer): void {
    if (viewer.tool === 'whiteboard') this.#sayFor(viewer, { kind: 'erase', scope: 'mine' });
    if (this.#dots.get(viewer.id) === undefined) return;
    this.#point(viewer.id, undefined);
    this.#sayFor(viewer, HIDDEN);
  }

  #sayFor(viewer: RoomViewer, action: OverlayAction): void {
    const message = made(viewer.id, action);
    this.#strokes.apply(decodeOverlay(message), message);
    this.#port.toHost(message);
    this.#port.toOthers(message, viewer.id);
  }
}

/** Further right and down than any picture reaches; the greatest place that a message can carry. */
const FAR_AWAY = 0xffff / OVERLAY_SUBPIXELS;
const HIDDEN: OverlayAction = { kind: 'laser', visible: false, x: 0, y: 0 };

/** Number 0 and time 0 mark what the relay made: viewers count from 1. */
function made(viewer: number, action: OverlayAction): Uint8Array {
  return encodeOverlay({ viewer, sequence: 0, createdAt: 0, ...action });
}
