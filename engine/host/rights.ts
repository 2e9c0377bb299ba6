/**
 * What may be done at this host: what the relay was told to allow, as far as the customer consents. The host decides
 * last about its own machine, by the gate that the relay has, too.
 */
import { CAPABILITIES, type Capability, type Message, type Role } from '../protocol/index.js';
import { admit, type GateParty } from '../room/gate.js';

const ALL: ReadonlySet<Capability> = new Set(CAPABILITIES);
const NO_CHANNEL: ReadonlySet<never> = new Set();

export class HostRights {
  /** What the relay said; an older one says nothing. */
  #told = ALL;
  #consent = ALL;
  #left = ALL;

  /** All that the customer consents to. */
  get consent(): ReadonlySet<Capability> {
    return this.#consent;
  }

  may(capability: Capability): boolean {
    return this.#left.has(capability);
  }

  told(list: Iterable<Capability>): void {
    this.#told = new Set(list);
    this.#settle();
  }

  /** The connection is another one: what the last relay said is void. */
  forget(): void {
    this.#told = ALL;
    this.#settle();
  }

  consents(list: Iterable<Capability>): void {
    this.#consent = new Set(list);
    this.#settle();
  }

  /** Whether a message from the relay may be acted on. Throws `SightlineError` when nobody may send it to a host. */
  admits(row: Message): boolean {
    const isTheRelays = row.from.every((role) => role === 'relay');
    return admit(isTheRelays ? this.#relay : this.#people, row, 0) === undefined;
  }

  /** Those behind the relay. It knows who controls and who has which tool on. */
  readonly #people = this.#party('technician');
  readonly #relay = this.#party('relay');

  #party(role: Role): GateParty {
    const rights = this;
    return {
      role,
      get capabilities() {
        return rights.#left;
      },
      shut: NO_CHANNEL,
      hindrance: () => undefined,
      takes: () => true,
    };
  }

  #settle(): void {
    this.#left = new Set([...this.#told].filter((one) => this.#consent.has(one)));
  }
}
