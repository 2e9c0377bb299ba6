/** In which of its encodings a file is sent: RFC 9110, 12.5.3. */

export type Encoding = 'br' | 'gzip' | 'identity';

/** The smallest first: between encodings that a client likes as well, it decides. */
export const ENCODINGS: readonly Encoding[] = ['br', 'gzip', 'identity'];

/** Longest Accept-Encoding that is read: browsers send 30 characters. */
const MAX_HEADER = 512;

/** The best of `available` for an Accept-Encoding header; as it is where the client says nothing, or likes nothing. */
export function chooseEncoding(header: string, available: ReadonlyMap<Encoding, unknown>): Encoding {
  if (header === '' || available.size === 1) return 'identity';
  const weights = weightsOf(header.slice(0, MAX_HEADER));
  let best: Encoding = 'identity';
  let most = 0;
  for (const encoding of ENCODINGS) {
    if (!available.has(encoding)) continue;
    const weight = weights.get(encoding) ?? weights.get('*') ?? (encoding === 'identity' ? LEAST : 0);
    if (weight > most) {
      most = weight;
      best = encoding;
    }
  }
  return best;
}

/** Below every weight that can be written: what is not named is liked least. */
const LEAST = 1e-4;

function weightsOf(header: string): Map<string, number> {
  const weights = new Map<string, number>();
  for (const part of header.split(',')) {
    const [name = '', ...parameters] = part.split(';').map((word) => word.trim().toLowerCase());
    if (name === '') continue;
    const quality = parameters.find((word) => word.startsWith('q='));
    const weight = quality === undefined ? 1 : Number(quality.slice(2));
    // A weight that is none counts as refused.
    weights.set(name === 'x-gzip' ? 'gzip' : name, weight >= 0 && weight <= 1 ? weight : 0);
  }
  return weights;
}
