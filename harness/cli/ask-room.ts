/** Asks a relay for a room and the ticket that opens it. */
import { type IncomingMessage, request as requestPlain } from 'node:http';
import { request as requestTls } from 'node:https';
import { rootCertificates } from 'node:tls';
import * as v from 'valibot';

const answer = v.object({
  room: v.pipe(v.string(), v.regex(/^[A-Za-z0-9_-]{22,64}$/)),
  ticket: v.pipe(v.string(), v.regex(/^[A-Za-z0-9_-]{22,64}$/)),
});

const TIMEOUT_MS = 5_000;
/** An answer has a hundred bytes. */
const MAX_ANSWER_BYTES = 4_096;

export type AskedRoom = v.InferOutput<typeof answer>;

/**
 * Undefined where the relay is out of reach, knows no tickets or gives none: the host's hello is answered with the
 * reason. `ca`: authorities (PEM) besides those that Node knows.
 */
export function askForRoom(
  relay: URL,
  secret: string | undefined,
  ca: string | undefined,
): Promise<AskedRoom | undefined> {
  return new Promise((resolve) => {
    const body = JSON.stringify(secret === undefined ? {} : { secret });
    const request = (relay.protocol === 'https:' ? requestTls : requestPlain)(new URL('/tickets', relay), {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(body) },
      agent: false,
      timeout: TIMEOUT_MS,
      ...(ca === undefined ? {} : { ca: [...rootCertificates, ca] }),
    });
    const giveUp = (): void => {
      request.destroy();
      resolve(undefined);
    };
    request.on('error', giveUp);
    request.on('timeout', giveUp);
    request.on('response', (response: IncomingMessage) => {
      const parts: Buffer[] = [];
      let length = 0;
      response.on('data', (part: Buffer) => {
        length += part.length;
        if (length > MAX_ANSWER_BYTES) giveUp();
        else parts.push(part);
      });
      response.on('error', giveUp);
      response.on('end', () => resolve(response.statusCode === 200 ? read(Buffer.concat(parts)) : undefined));
    });
    request.end(body);
  });
}

function read(bytes: Buffer): AskedRoom | undefined {
  try {
    return v.parse(answer, JSON.parse(bytes.toString()));
  } catch {
    return undefined;
  }
}
