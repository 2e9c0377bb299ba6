/**
 * The cheapest WebSocket client that does the job, so that the server is what is measured: one reused read
 * buffer, no copy of a message's body, a mask of zeros. Understands unmasked, unfragmented binary messages, as
 * servers send them.
 */
import { connect, type Socket } from 'node:net';
import { encodeBeat, isBeat } from '../../engine/index.js';

/** Bytes of a message that `onMessage` is shown: enough for every header. */
const HEAD_BYTES = 512;
const READ_BUFFER_BYTES = 256 * 1024;

export class RawClient {
  /** The message's first bytes (valid during the call) and its whole length. */
  onMessage: (head: Uint8Array, length: number) => void = () => {};
  readonly #socket: Socket;
  /** Header bytes of the message that is being read. */
  readonly #header = new Uint8Array(10);
  #headerBytes = 0;
  readonly #head = new Uint8Array(HEAD_BYTES);
  #headFilled = 0;
  #length = 0;
  #remaining = -1;
  #received = 0;

  private constructor(socket: Socket) {
    this.#socket = socket;
  }

  /** Opens `ws://127.0.0.1:port/ws`. */
  static open(port: number): Promise<RawClient> {
    return new Promise((resolve, reject) => {
      let handshake = '';
      let client: RawClient | undefined;
      const socket = connect({
        port,
        host: '127.0.0.1',
        onread: {
          buffer: new Uint8Array(READ_BUFFER_BYTES),
          callback(bytes, buffer) {
            if (client !== undefined) {
              client.#read(buffer as Uint8Array, bytes);
              return true;
            }
            handshake += Buffer.from(buffer.buffer, buffer.byteOffset, bytes).toString('latin1');
            if (handshake.includes('\r\n\r\n')) {
              if (!handshake.startsWith('HTTP/1.1 101')) reject(new Error(handshake.slice(0, 80)));
              client = new RawClient(socket);
              resolve(client);
            }
            return true;
          },
        },
      });
      socket.setNoDelay(true);
      socket.once('error', reject);
      socket.write(
        `GET /ws HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n` +
          'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n',
      );
    });
  }

  /** Sends a frame made by `frameOf`: it may be sent again, to others too. */
  send(frame: Uint8Array): void {
    this.#socket.write(frame);
  }

  close(): Promise<void> {
    return new Promise((resolve) => {
      this.#socket.once('close', () => resolve());
      this.#socket.destroy();
    });
  }

  #read(buffer: Uint8Array, end: number): void {
    let at = 0;
    while (at < end) {
      if (this.#remaining < 0) {
        this.#header[this.#headerBytes++] = buffer[at++]!;
        this.#remaining = this.#bodyLength();
        if (this.#remaining < 0) continue;
        this.#length = this.#remaining;
        this.#headFilled = 0;
      }
      const take = Math.min(this.#remaining, end - at);
      const show = Math.min(take, HEAD_BYTES - this.#headFilled);
      for (let index = 0; index < show; index++) this.#head[this.#headFilled + index] = buffer[at + index]!;
      this.#headFilled += show;
      this.#remaining -= take;
      at += take;
      if (this.#remaining === 0) {
        this.#remaining = -1;
        this.#headerBytes = 0;
        if ((this.#header[0]! & 0x0f) === 2) this.#take(this.#head.subarray(0, this.#headFilled));
      }
    }
  }

  /** Answers the relay's beats, and shows everything else. */
  #take(head: Uint8Array): void {
    this.#received += this.#length;
    if (isBeat(head)) this.send(frameOf(encodeBeat({ answer: false, coming: 0, received: this.#received })));
    else this.onMessage(head, this.#length);
  }

  /** -1 while the header is not complete. */
  #bodyLength(): number {
    if (this.#headerBytes < 2) return -1;
    const short = this.#header[1]! & 0x7f;
    if (short < 126) return short;
    if (short === 126) return this.#headerBytes < 4 ? -1 : (this.#header[2]! << 8) | this.#header[3]!;
    if (this.#headerBytes < 10) return -1;
    return new DataView(this.#header.buffer).getUint32(6);
  }
}

/** A message as a client's WebSocket frame, masked with zeros. */
export function frameOf(message: Uint8Array): Uint8Array {
  const size = message.byteLength < 126 ? 2 : message.byteLength < 65_536 ? 4 : 10;
  const frame = new Uint8Array(size + 4 + message.byteLength);
  const view = new DataView(frame.buffer);
  frame[0] = 0x82;
  if (size === 2) frame[1] = 0x80 | message.byteLength;
  else if (size === 4) {
    frame[1] = 0x80 | 126;
    view.setUint16(2, message.byteLength);
  } else {
    frame[1] = 0x80 | 127;
    view.setUint32(6, message.byteLength);
  }
  frame.set(message, size + 4);
  return frame;
}
