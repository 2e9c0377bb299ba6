/** Reads from a WOFF file which characters its font has, for tests of the fonts that come with the product. */
import { readFileSync } from 'node:fs';
import { inflateSync } from 'node:zlib';

const HEADER = 44;
const DIRECTORY_ENTRY = 20;
const SEGMENTED_COVERAGE = 12;

/** Code points of the font's segmented coverage (`cmap`, format 12). */
export function charactersOf(path: string): Set<number> {
  const cmap = tableOf(readFileSync(path), 'cmap');
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

function tableOf(file: Buffer, tag: string): Buffer {
  for (let index = 0; index < file.readUInt16BE(12); index++) {
    const at = HEADER + index * DIRECTORY_ENTRY;
    if (file.toString('latin1', at, at + 4) !== tag) continue;
    const offset = file.readUInt32BE(at + 4);
    const packed = file.subarray(offset, offset + file.readUInt32BE(at + 8));
    return packed.length === file.readUInt32BE(at + 12) ? packed : inflateSync(packed);
  }
  throw new Error(`The font has no table ${tag}.`);
}
