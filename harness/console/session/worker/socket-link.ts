/** A link over a browser's WebSocket. */
import { SightlineError } from '../../../../codecs/index.js';
import type { Link } from '../../../../engine/transport/link.js';

/** Close codes that a page may give: 1000 and 3000 to 4999; anything else is an error of the browser's. */
const NORMAL = 1000;

class SocketLink implements Link {
  onMessage: Link['onMessage'];
  onClose: Link['onClose'];
  readonly #socket: WebSocket;
  #closed = false;

  constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.onmessage = (event: MessageEvent<unknown>) => {
      // Text is not part of the protocol; an empty message is refused by whoever reads it.
      const bytes = event.data instanceof ArrayBuffer ? new Uint8Array(event.data) : new Uint8Array();
      if (!this.#closed) this.onMessage?.(bytes);
    };
    socket.onclose = (event) => this.#finish(event.code, event.reason);
  }

  get bufferedBytes(): number {
    return this.#socket.bufferedAmount;
  }

  send(message: Uint8Array): void {
    if (this.#socket.readyState === WebSocket.OPEN) this.#socket.send(message as Uint8Array<ArrayBuffer>);
  }

  close(code = NORMAL, reason = ''): void {
    if (this.#closed) return;
    const allowed = code === NORMAL || (code >= 3000 && code <= 4999);
    this.#socket.close(allowed ? code : NORMAL, reason);
    // A closing handshake may take its time; for the owner the link is gone now.
    this.#finish(code, reason);
  }

  #finish(code: number, reason: string): void {
    if (this.#closed) return;
    this.#closed = true;
    this.onClose?.(code, reason);
  }
}

/** Opens a WebSocket; rejects with `closed` when the relay cannot be reached. */
export function dialSocket(url: string): Promise<Link> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(url);
    socket.binaryType = 'arraybuffer';
    const failed = () => reject(new SightlineError('closed', 'The relay cannot be reached.'));
    socket.onerror = failed;
    socket.onclose = failed;
    socket.onopen = () => {
      socket.onerror = null;
      resolve(new SocketLink(socket));
    };
  });
}
