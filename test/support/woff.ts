/** Reads WOFF files: what the fonts that come with the product hold, for tests and for programs that read only TrueType. */
import { readFileSync } from 'node:fs';
import { inflateSync } from 'node:zlib';

const HEADER = 44;
const ENTRY = 20;
const SEGMENTED_COVERAGE = 12;

interface Table {
  readonly tag: string;
  readonly checksum: number;
  readonly data: Buffer;
}

/** Code points of the font's segmented coverage (`cmap`, format 12). */
export function charactersOf(path: string): Set<number> {
  const cmap = tablesOf(readFileSync(path)).find(({ tag }) => tag === 'cmap')!.data;
  const characters = new Set<number>();
  for (let index = 0; index < cmap.readUInt16BE(2); index++) {
    const at = cmap.readUInt32BE(4 + index * 8 + 4);
    if (cmap.readUInt16BE(at) !== SEGMENTED_COVERAGE) continue;
    for (let group = 0; group < cmap.readUInt32BE(at + 12); group++) {
      const from = at + 16 + group * 12;
      const last = cmap.readUInt32BE(from + 4);
      for (let code = cmap.readUInt32BE(from); code <= last; code++) characters.add(code);
    }
  }
  return characters;
}

/** The font as a TrueType file. */
export function trueTypeOf(path: string): Buffer {
  const woff = readFileSync(path);
  const tables = tablesOf(woff);
  const step = 2 ** Math.floor(Math.log2(tables.length));
  const header = Buffer.alloc(12 + tables.length * 16);
  header.writeUInt32BE(woff.readUInt32BE(4), 0);
  header.writeUInt16BE(tables.length, 4);
  header.writeUInt16BE(step * 16, 6);
  header.writeUInt16BE(Math.log2(step), 8);
  header.writeUInt16BE((tables.length - step) * 16, 10);
  const parts: Uint8Array[] = [header];
  let offset = header.length;
  tables.forEach(({ tag, checksum, data }, index) => {
    const at = 12 + index * 16;
    header.write(tag, at, 'latin1');
    header.writeUInt32BE(checksum, at + 4);
    header.writeUInt32BE(offset, at + 8);
    header.writeUInt32BE(data.length, at + 12);
    const padding = Buffer.alloc(-data.length & 3);
    parts.push(data, padding);
    offset += data.length + padding.length;
  });
  return Buffer.concat(parts);
}

function tablesOf(woff: Buffer): Table[] {
  return Array.from({ length: woff.readUInt16BE(12) }, (_, index) => {
    const at = HEADER + index * ENTRY;
    const offset = woff.readUInt32BE(at + 4);
    const packed = woff.subarray(offset, offset + woff.readUInt32BE(at + 8));
    const isPacked = packed.length < woff.readUInt32BE(at + 12);
    return {
      tag: woff.toString('latin1', at, at + 4),
      checksum: woff.readUInt32BE(at + 16),
      data: isPacked ? inflateSync(packed) : packed,
    };
  });
}
