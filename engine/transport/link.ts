/**
 * A link carries whole binary messages both ways, in order, between two parties. Hosts, viewers and the
 * relay know links only, never sockets, so that the same code runs over uWebSockets.js, `ws`, a page's
 * WebSocket and an in-memory network in virtual time.
 */
export interface Link {
  /**
   * Sends one message. The link may keep a reference until it is written: the caller gives the bytes away
   * and must not change them afterwards. After `close` it does nothing.
   */
  send(message: Uint8Array): void;
  /** Bytes accepted by `send` and not yet handed to the operating system. A safety limit, not flow control. */
  readonly bufferedBytes: number;
  /** Closes with a WebSocket close code (1000 normal, 4000 to 4999 ours) and a short reason. Idempotent. */
  close(code?: number, reason?: string): void;
  /** Set by the owner. The message is valid only during the call: copy what is kept. */
  onMessage: ((message: Uint8Array) => void) | undefined;
  /** Set by the owner. Called once, whichever side closed. */
  onClose: ((code: number, reason: string) => void) | undefined;
}

/** Opens a link to a fixed address; rejects with a `SightlineError` (`closed`, `refused`) when it cannot. */
export type Dial = () => Promise<Link>;
