/** A relay with hosts and viewers in virtual time. */
import { type Link, Relay, type RelayLimits } from '../../engine/index.js';
import type { TicketIssuer } from '../../engine/tickets/index.js';
import { FakeClock } from '../support/clock.js';
import { type NetworkOptions, type VirtualLink, virtualPair } from '../support/network.js';
import { Peer } from './peer.js';

export class VirtualPeer extends Peer {
  /** The relay's end of this peer's link. */
  readonly far: VirtualLink;

  constructor(near: Link, far: VirtualLink) {
    super(near);
    this.far = far;
  }

  /** Breaks the connection, as a lost network does. */
  cut(): void {
    this.far.cut();
  }
}

export class Hall {
  readonly clock: FakeClock;
  readonly relay: Relay;

  constructor(
    options: {
      limits?: Partial<RelayLimits>;
      secret?: string;
      tickets?: TicketIssuer;
      ticketsOnly?: boolean;
      clock?: FakeClock;
    } = {},
  ) {
    this.clock = options.clock ?? new FakeClock();
    this.relay = new Relay({
      onFault: (fault) => {
        throw fault;
      },
      ...options,
      clock: this.clock,
    });
  }

  /** A link to the relay; `network.backward` is the way from the relay. */
  peer(network: NetworkOptions = {}, address?: string): VirtualPeer {
    const [near, far] = virtualPair(this.clock, network);
    const peer = new VirtualPeer(near, far);
    this.relay.accept(far, address);
    return peer;
  }

  host(change?: Parameters<Peer['helloAsHost']>[0]): VirtualPeer {
    const peer = this.peer();
    peer.helloAsHost(change);
    this.run();
    return peer;
  }

  viewer(change?: Parameters<Peer['helloAsViewer']>[0], network?: NetworkOptions): VirtualPeer {
    const peer = this.peer(network);
    peer.helloAsViewer(change);
    this.run();
    return peer;
  }

  lane(viewer: Peer): VirtualPeer {
    const peer = this.peer();
    peer.helloAsLane(viewer);
    this.run();
    return peer;
  }

  /** Lets what is under way arrive, and time pass. */
  run(micros = 0): void {
    this.clock.advanceNow(micros);
  }

  /** The state of a viewer by its number. */
  state(viewer = 1) {
    return this.relay.snapshot().sessions[0]!.viewers.find((one) => one.viewer === viewer)!;
  }
}

/** A host and a viewer that holds frame 1, acknowledged. */
export function liveHall(): { hall: Hall; host: VirtualPeer; viewer: VirtualPeer } {
  const hall = new Hall();
  const host = hall.host();
  const viewer = hall.viewer();
  host.slice({ frame: 1, viewer: 1, base: 0 });
  hall.run();
  viewer.ack(1);
  hall.run();
  return { hall, host, viewer };
}

/** Broadcasts frames one after the other without an ack between them. */
export function burst(hall: Hall, host: VirtualPeer, from: number, to: number): void {
  for (let frame = from; frame <= to; frame++) host.slice({ frame });
  hall.run();
}
