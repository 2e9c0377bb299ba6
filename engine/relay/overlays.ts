/**
 * Tools of the technicians: who may draw, point or type, and that nothing of a tool outlives it. While a tool
 * is on, its technician's input does not reach the host. Turning the whiteboard off erases what its technician
 * drew and turning the laser off hides the dot; the relay says so itself, so that a page which is lost leaves
 * nothing behind.
 */
import {
  decodeOverlay,
  encodeOverlay,
  type OverlayAction,
  stampEventViewer,
  type Tool,
} from '../protocol/index.js';
import type { Counters } from './counters.js';
import type { RelayViewer } from './relay-viewer.js';
import { StrokeStore } from './stroke-store.js';

export interface OverlayPort {
  toHost(message: Uint8Array): void;
  /** To every viewer but the author. */
  toOthers(message: Uint8Array, author: number): void;
}

/** Nobody: what the relay says for itself. */
const RELAY = 0;

export class Overlays {
  readonly #strokes: StrokeStore;
  readonly #counters: Counters;
  readonly #port: OverlayPort;

  constructor(maxStrokeBytes: number, counters: Counters, port: OverlayPort) {
    this.#strokes = new StrokeStore(maxStrokeBytes);
    this.#counters = counters;
    this.#port = port;
  }

  get strokeBytes(): number {
    return this.#strokes.bytes;
  }

  /** The messages that draw what is on the whiteboard now. */
  present(): Iterable<Uint8Array> {
    return this.#strokes.messages();
  }

  /** A stroke, an erasure or a laser point: passed on when the matching tool is on. Throws when malformed. */
  receive(viewer: RelayViewer, message: Uint8Array): void {
    // Checked first: only a whole message has a place for the stamp.
    const event = { ...decodeOverlay(message), viewer: viewer.id };
    stampEventViewer(message, viewer.id);
    if (viewer.tool !== (event.kind === 'laser' ? 'laser' : 'whiteboard')) {
      this.#counters.dropped['tool-off']++;
      return;
    }
    if (event.kind === 'laser') viewer.pointing = event.visible;
    this.#strokes.apply(event, message);
    this.#port.toHost(message);
    this.#port.toOthers(message, viewer.id);
  }

  changeTool(viewer: RelayViewer, tool: Tool): void {
    if (viewer.tool === tool) return;
    this.#putAway(viewer);
    viewer.tool = tool;
  }

  /** The viewer is gone, and what it drew with it. */
  forget(viewer: RelayViewer): void {
    this.#putAway(viewer);
    viewer.tool = 'none';
  }

  /** A host that returns may have forgotten, or may have missed an erasure: it starts from an empty board. */
  replayToHost(): void {
    this.#port.toHost(made(RELAY, { kind: 'erase', scope: 'all' }));
    for (const message of this.#strokes.messages()) this.#port.toHost(message);
  }

  #putAway(viewer: RelayViewer): void {
    if (viewer.tool === 'whiteboard') this.#sayFor(viewer, { kind: 'erase', scope: 'mine' });
    if (viewer.pointing) {
      viewer.pointing = false;
      this.#sayFor(viewer, { kind: 'laser', visible: false, x: 0, y: 0 });
    }
  }

  #sayFor(viewer: RelayViewer, action: OverlayAction): void {
    const message = made(viewer.id, action);
    this.#strokes.apply(decodeOverlay(message), message);
    this.#port.toHost(message);
    this.#port.toOthers(message, viewer.id);
  }
}

/** Number 0 and time 0 mark what the relay made: viewers count from 1. */
function made(viewer: number, action: OverlayAction): Uint8Array {
  return encodeOverlay({ viewer, sequence: 0, createdAt: 0, ...action });
}
