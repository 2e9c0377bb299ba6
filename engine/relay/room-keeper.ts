/** Which rooms are open, for whom, and until when: a room neither makes nor ends itself. */
import { SightlineError } from '../../codecs/index.js';
import { CloseCode, type Control } from '../protocol/index.js';
import type { RoomEvent } from '../room/events.js';
import { Room, type RoomContext } from '../room/room.js';
import { hashOf, matches, sessionName } from '../room/secrets.js';
import { AddressCensus } from '../transport/address-census.js';
import type { RelayLimits } from './limits.js';

interface Kept {
  readonly token: string;
  readonly room: Room;
  /** Of the key that it was opened with. */
  readonly keyHash: Buffer;
  /** It is no longer open for who has opened it. */
  readonly closed: () => void;
  /** Its host is waited for. */
  cancelGrace: () => void;
}

export class RoomKeeper {
  readonly #limits: RelayLimits;
  readonly #context: RoomContext;
  readonly #byToken = new Map<string, Kept>();
  readonly #byRoom = new Map<Room, Kept>();
  /** Whose rooms are open. */
  readonly #openers = new AddressCensus();

  constructor(limits: RelayLimits, context: RoomContext) {
    this.#limits = limits;
    this.#context = {
      ...context,
      onEvent: (room, event) => {
        this.#heed(room, event);
        context.onEvent(room, event);
      },
    };
  }

  all(): Room[] {
    return [...this.#byRoom.keys()];
  }

  get(token: string): Room | undefined {
    return this.#byToken.get(token)?.room;
  }

  /** Whether a host shows the key that its room was opened with. */
  isHostOf({ token, key }: Control<'host-hello'>): boolean {
    const open = this.#byToken.get(token);
    return open !== undefined && matches(key, open.keyHash);
  }

  /**
   * The room of a host, which is opened when it is not there; an error (`refused`) when it is another's (`field` is
   * `key`), or when there are too many.
   *
   * @param address Whose room it would be; '': nobody's.
   */
  placeFor(hello: Control<'host-hello'>, address: string): { room: Room; resumed: boolean } | SightlineError {
    const open = this.#byToken.get(hello.token);
    if (open !== undefined) {
      if (matches(hello.key, open.keyHash)) return { room: open.room, resumed: true };
      return new SightlineError('refused', 'The session belongs to another host.', { field: 'key' });
    }
    if (this.#byRoom.size >= this.#limits.maxSessions) {
      return new SightlineError('refused', 'Too many sessions are open.');
    }
    if (address !== '' && this.#openers.of(address) >= this.#limits.maxSessionsPerAddress) {
      return new SightlineError('refused', 'Too many sessions of this address are open.');
    }
    const { token } = hello;
    const room = new Room(sessionName(token), this.#context);
    const closed = this.#openers.opened(address);
    const kept = { token, room, keyHash: hashOf(hello.key), closed, cancelGrace: () => {} };
    this.#byToken.set(token, kept);
    this.#byRoom.set(room, kept);
    return { room, resumed: false };
  }

  /** The relay stops; the rooms' parties come back to the next one. */
  suspend(): void {
    for (const { room, cancelGrace } of this.#byRoom.values()) {
      cancelGrace();
      room.suspend();
    }
    this.#byToken.clear();
    this.#byRoom.clear();
  }

  /** A room ends when its host says so, or stays away for too long. */
  #heed(room: Room, event: RoomEvent): void {
    const kept = this.#byRoom.get(room);
    if (kept === undefined || (event.kind !== 'link-up' && event.kind !== 'link-down')) return;
    if (event.party.role !== 'host' || event.purpose !== 'main') return;
    kept.cancelGrace();
    if (event.kind === 'link-up') return;
    if (event.code === CloseCode.Normal) this.#end(kept);
    else kept.cancelGrace = this.#context.clock.after(this.#limits.grace, () => this.#end(kept));
  }

  #end({ token, room, closed }: Kept): void {
    this.#byToken.delete(token);
    this.#byRoom.delete(room);
    closed();
    room.end();
  }
}
