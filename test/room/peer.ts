/** One party of a session, written by hand: what it got, and the bytes that it sends. */
import {
  type Ack,
  Channel,
  type ChatMessage,
  type Control,
  type ControlMessage,
  type ControlType,
  decodeAck,
  decodeChat,
  decodeControl,
  decodeOverlay,
  encodeAck,
  encodeBeat,
  encodeChat,
  encodeControl,
  encodeInput,
  encodeOverlay,
  type InputAction,
  isBeat,
  type Link,
  type OverlayAction,
  type OverlayEvent,
  PROTOCOL_VERSION,
  readSliceHeader,
  SLICE_HEADER_BYTES,
  type SliceHeader,
  writeSliceHeader,
} from '../../engine/index.js';

export const TOKEN = 'tokentokentokentokentoken0';
export const KEY = 'keykeykeykeykeykeykeykey00';

export const HOST_HELLO: Control<'host-hello'> = {
  type: 'host-hello',
  version: PROTOCOL_VERSION,
  token: TOKEN,
  key: KEY,
  name: 'Anna',
  width: 640,
  height: 480,
  frame: 0,
};
export const VIEWER_HELLO: Control<'viewer-hello'> = {
  type: 'viewer-hello',
  version: PROTOCOL_VERSION,
  token: TOKEN,
  name: 'Bruno',
  quality: 'high',
};

export class Peer {
  readonly link: Link;
  /** Copies of everything received, in order. */
  readonly received: Uint8Array[] = [];
  closed: { code: number; reason: string } | undefined;
  /** Called after each message and at the close. */
  onEvent: (() => void) | undefined;
  /** Whether it answers the relay's beats. */
  beats = true;
  beatsHeard = 0;
  #sequence = 0;

  constructor(link: Link) {
    this.link = link;
    link.onMessage = (message) => {
      // It is there, and says so as soon as the relay does.
      if (isBeat(message)) {
        this.beatsHeard++;
        if (this.beats) link.send(encodeBeat({ answer: false, coming: 0, received: 0 }));
        return;
      }
      this.received.push(message.slice());
      this.onEvent?.();
    };
    link.onClose = (code, reason) => {
      this.closed = { code, reason };
      this.onEvent?.();
    };
  }

  /** Waits on real sockets until `done` says so; the test's own time limit is the bound. */
  until(done: (peer: Peer) => boolean): Promise<void> {
    return new Promise((resolve) => {
      const check = () => {
        if (!done(this)) return;
        this.onEvent = undefined;
        resolve();
      };
      this.onEvent = check;
      check();
    });
  }

  say(message: ControlMessage): void {
    this.link.send(encodeControl(message));
  }

  controls<T extends ControlType>(type: T): Control<T>[] {
    return this.received
      .filter((message) => message[0] === Channel.Control)
      .map((message) => decodeControl(message))
      .filter((message): message is Control<T> => message.type === type);
  }

  last<T extends ControlType>(type: T): Control<T> | undefined {
    return this.controls(type).at(-1);
  }

  slices(): SliceHeader[] {
    return this.on(Channel.Display).map((message) => readSliceHeader(message));
  }

  /** Frame numbers of the last slices received. */
  frames(): number[] {
    return this.slices()
      .filter((slice) => slice.last)
      .map((slice) => slice.frame);
  }

  acks(): Ack[] {
    return this.on(Channel.Ack).map((message) => decodeAck(message));
  }

  overlays(): OverlayEvent[] {
    return this.on(Channel.Overlay).map((message) => decodeOverlay(message));
  }

  chats(): ChatMessage[] {
    return this.on(Channel.Chat).map((message) => decodeChat(message));
  }

  on(channel: Channel): Uint8Array[] {
    return this.received.filter((message) => message[0] === channel);
  }

  helloAsHost(change: Partial<Control<'host-hello'>> = {}): void {
    this.say({ ...HOST_HELLO, ...change });
  }

  helloAsViewer(change: Partial<Control<'viewer-hello'>> = {}): void {
    this.say({ ...VIEWER_HELLO, ...change });
  }

  /** Asks to be the second link of `viewer`. */
  helloAsLane(viewer: Peer, change: Partial<Control<'lane-hello'>> = {}): void {
    const welcome = viewer.last('viewer-welcome')!;
    this.say({
      type: 'lane-hello',
      version: PROTOCOL_VERSION,
      token: TOKEN,
      viewer: welcome.viewer,
      laneKey: welcome.laneKey,
      ...change,
    });
  }

  ack(frame: number, viewer = 0): void {
    this.link.send(
      encodeAck({
        kind: 'frame',
        level: 3,
        queued: 0,
        frame,
        viewer,
        receivedAt: 1,
        presentedAt: 2,
        decode: 1,
      }),
    );
  }

  input(action: InputAction): void {
    this.link.send(encodeInput({ viewer: 0, sequence: ++this.#sequence, createdAt: 5, ...action }));
  }

  overlay(action: OverlayAction): void {
    this.link.send(encodeOverlay({ viewer: 0, sequence: ++this.#sequence, createdAt: 5, ...action }));
  }

  chat(text: string, change: Partial<ChatMessage> = {}): void {
    const head = { viewer: 0, sequence: ++this.#sequence, createdAt: 5 };
    this.link.send(encodeChat({ ...head, sentAt: 0, earlier: false, name: '', text, ...change }));
  }

  slice(header: Partial<SliceHeader> & { frame: number }, bodyBytes = 8): void {
    this.link.send(sliceMessage(header, bodyBytes));
  }
}

/** A slice that is a whole frame at high quality, from the frame before, unless told otherwise. */
export function sliceMessage(
  header: Partial<SliceHeader> & { frame: number },
  bodyBytes = 8,
): Uint8Array<ArrayBuffer> {
  const message = new Uint8Array(SLICE_HEADER_BYTES + bodyBytes);
  writeSliceHeader(message, {
    level: 3,
    first: true,
    last: true,
    approximate: false,
    refinement: false,
    base: header.frame - 1,
    viewer: 0,
    width: 640,
    height: 480,
    drawnAt: 1,
    slice: 0,
    ...header,
  });
  message.fill(header.frame & 0xff, SLICE_HEADER_BYTES);
  return message;
}

export const STROKE: OverlayAction & { kind: 'stroke' } = {
  kind: 'stroke',
  stroke: 1,
  begin: true,
  end: false,
  points: [{ x: 1, y: 2 }],
};
