/**
 * A file that goes across beside the session, in a process of its own, so that its work is nobody's: the technician's
 * end, the host's end, and the place where they meet, at the relay's end of both lines.
 */
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { systemClock } from '../../engine/index.js';
import { ACK_BYTES, BulkWindow, bytesPerSecond, CHUNK_BYTES } from './bulk.js';
import { type BulkDoors, serveParent, tellParent } from './processes.js';

const CHUNK = Buffer.alloc(CHUNK_BYTES);
const ACK = Buffer.alloc(ACK_BYTES);

/** Whoever goes through one door meets who goes through the other. Resolves with their ports. */
async function openDoors(): Promise<BulkDoors> {
  const servers = [createServer({ noDelay: true }), createServer({ noDelay: true })] as const;
  for (const server of servers) {
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
  }
  void Promise.all(servers.map((server) => once(server, 'connection'))).then((met) => {
    const [technician, host] = met.map(([socket]) => quiet(socket as Socket));
    technician!.pipe(host!).pipe(technician!);
  });
  const [technician, host] = servers.map((server) => (server.address() as AddressInfo).port);
  return { technician: technician!, host: host! };
}

/** Sends from the technician's end until it is ended; the answer ends it, and tells its bytes per second. */
function transfer(doors: BulkDoors, windowBytes: number): () => number {
  const startedAt = systemClock.now();
  const host = quiet(connect({ port: doors.host, host: '127.0.0.1', noDelay: true }));
  const technician = quiet(connect({ port: doors.technician, host: '127.0.0.1', noDelay: true }));
  const window = new BulkWindow(windowBytes, () => technician.write(CHUNK));
  let arrived = 0;
  host.on('data', ({ length }) => {
    const before = wholeParts(arrived, CHUNK_BYTES);
    arrived += length;
    for (let chunk = before; chunk < wholeParts(arrived, CHUNK_BYTES); chunk++) host.write(ACK);
  });
  let acked = 0;
  technician.on('data', ({ length }) => {
    const before = wholeParts(acked, ACK_BYTES);
    acked += length;
    window.acknowledged(wholeParts(acked, ACK_BYTES) - before);
  });
  window.open();
  return () => {
    window.close();
    technician.destroy();
    host.destroy();
    return bytesPerSecond(arrived, systemClock.now() - startedAt);
  };
}

function wholeParts(bytes: number, part: number): number {
  return Math.floor(bytes / part);
}

/** A file that was ended, or whose line is gone, has nothing more to say. */
function quiet(socket: Socket): Socket {
  return socket.on('error', () => socket.destroy());
}

let end: (() => number) | undefined;
const doors = await openDoors();
serveParent({
  traces: () => ({}),
  bulk: {
    start: (through, windowBytes) => {
      end = transfer(through, windowBytes);
    },
    end: () => end?.() ?? 0,
  },
  stop: () => Promise.resolve(),
});
tellParent({ ready: 'bulk', doors });
