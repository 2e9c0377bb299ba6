/** A `Link` over a socket of the `ws` package, on either side. */
import type { WebSocket } from 'ws';
import { CloseCode } from '../protocol/index.js';
import type { Link } from './link.js';

/** RFC 6455, 5.5: a close reason has at most 123 bytes. */
const MAX_CLOSE_REASON_BYTES = 123;

export class WsLink implements Link {
  onMessage: ((message: Uint8Array) => void) | undefined;
  onClose: ((code: number, reason: string) => void) | undefined;
  readonly #socket: WebSocket;
  readonly #maxBufferedBytes: number;
  #open = true;

  constructor(socket: WebSocket, maxBufferedBytes: number) {
    this.#socket = socket;
    this.#maxBufferedBytes = maxBufferedBytes;
    socket.binaryType = 'nodebuffer';
    socket.on('message', (data, isBinary) => {
      if (!this.#open) return;
      if (!isBinary) {
        this.close(CloseCode.Malformed, 'Messages are binary.');
        return;
      }
      const bytes = data as Buffer;
      this.onMessage?.(new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength));
    });
    socket.on('close', (code, reason) => this.#ended(code, reason.toString()));
    // `ws` reports a broken frame or connection here and closes by itself: 'close' follows.
    socket.on('error', () => {});
  }

  send(message: Uint8Array): void {
    if (!this.#open) return;
    if (this.#socket.bufferedAmount + message.byteLength > this.#maxBufferedBytes) {
      this.close(CloseCode.TooSlow, 'The link accepts more than it reads.');
      return;
    }
    this.#socket.send(message, { binary: true, compress: false });
  }

  get bufferedBytes(): number {
    return this.#open ? this.#socket.bufferedAmount : 0;
  }

  close(code: number = CloseCode.Normal, reason = ''): void {
    if (!this.#open) return;
    this.#socket.close(code, closeReason(reason));
    this.#ended(code, reason);
  }

  #ended(code: number, reason: string): void {
    if (!this.#open) return;
    this.#open = false;
    this.onClose?.(code, reason);
  }
}

/** Cuts a reason to what a close frame can carry; ours are plain ASCII, so bytes are characters. */
export function closeReason(reason: string): string {
  return reason.slice(0, MAX_CLOSE_REASON_BYTES);
}
