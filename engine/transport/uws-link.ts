/** A `Link` over a socket of uWebSockets.js. */
import type { WebSocket } from 'uWebSockets.js';
import { CloseCode } from '../protocol/index.js';
import type { Link } from './link.js';
import type { LinkPeer } from './relay-transport.js';
import { closeReason } from './ws-link.js';

export type Socket = WebSocket<UserData>;

export interface UserData {
  link: UwsLink | undefined;
  readonly peer: LinkPeer;
  /** To be called when it has closed. */
  closed: () => void;
}

/** What send() answers when all was written. */
const SEND_WRITTEN = 1;
/** What send() answers when the message was dropped because the buffer is full. */
const SEND_DROPPED = 2;

export class UwsLink implements Link {
  onMessage: ((message: Uint8Array) => void) | undefined;
  onClose: ((code: number, reason: string) => void) | undefined;
  /** Any call on a closed socket throws: it is let go as soon as it closes. */
  #socket: Socket | undefined;
  /** Whether something may be waiting to be written: spares a call into the library for each message. */
  #isBehind = false;

  constructor(socket: Socket) {
    this.#socket = socket;
  }

  send(message: Uint8Array): void {
    if (this.#socket === undefined) return;
    const result = this.#socket.send(message, true, false);
    if (result === SEND_WRITTEN) return;
    this.#isBehind = true;
    if (result === SEND_DROPPED) this.close(CloseCode.TooSlow, 'The link accepts more than it reads.');
  }

  get bufferedBytes(): number {
    if (!this.#isBehind || this.#socket === undefined) return 0;
    const bytes = this.#socket.getBufferedAmount();
    this.#isBehind = bytes > 0;
    return bytes;
  }

  close(code: number = CloseCode.Normal, reason = ''): void {
    const socket = this.#socket;
    if (socket === undefined) return;
    this.#socket = undefined;
    socket.end(code, closeReason(reason));
    this.onClose?.(code, reason);
  }

  /** The socket is gone: by the peer, by a timeout or by `close`. */
  ended(code: number, reason: string): void {
    if (this.#socket === undefined) return;
    this.#socket = undefined;
    this.onClose?.(code, reason);
  }
}
