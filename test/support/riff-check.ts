/**
 * Reads an AVI by the RIFF and OpenDML 2.0 descriptions and throws at the first thing that is not as they say: sizes,
 * padding, order, and all three indexes against the chunks. Shares nothing with the writer.
 */
import type { RandomFile } from './ebml-check.js';

export interface AviFrame {
  /** Place of the chunk's data. */
  readonly at: number;
  readonly size: number;
  readonly keyframe: boolean;
}

export interface AviSummary {
  readonly width: number;
  readonly height: number;
  readonly bitsPerPixel: number;
  readonly compression: string;
  readonly paletteColours: number;
  /** Frames in a second. */
  readonly rate: number;
  readonly frames: readonly AviFrame[];
  readonly riffs: number;
}

interface Chunk {
  readonly id: string;
  readonly body: number;
  readonly size: number;
  /** Of LIST and RIFF. */
  readonly type: string;
}

const GIGABYTE = 2 ** 30;

export function checkAvi(file: RandomFile): AviSummary {
  const riffs = chunks(file, 0, file.length);
  require(riffs.every(({ id }) => id === 'RIFF'), 'A file is RIFFs.');
  require(riffs.every(
    ({ type }, index) => type === (index === 0 ? 'AVI ' : 'AVIX'),
  ), 'AVI first, then AVIX.');
  require(riffs.every(({ size }) => size <= GIGABYTE), 'No RIFF is longer than a gigabyte.');

  const parts = children(file, riffs[0]!);
  const order = parts.map(({ id, type }) => (id === 'LIST' ? type : id));
  require(order.join() === 'hdrl,INFO,movi,idx1', 'Header, info, pictures, index, in this order.');
  const header = children(file, parts[0]!);
  const main = words(file, header.find(({ id }) => id === 'avih')!);
  require(main.length === 14, 'avih has 56 bytes.');
  require((main[3]! & 0x10) !== 0, 'It says that there is an index.');
  const stream = children(file, header.find(({ type }) => type === 'strl')!);
  require(stream.map(({ id }) => id).join() === 'strh,strf,indx', 'A stream is strh, strf, indx.');
  const head = words(file, stream[0]!);
  require(text(file, stream[0]!.body) === 'vids' && stream[0]!.size === 56, 'It is of video.');
  const scale = head[5]!;
  const rate = head[6]!;
  const total = head[8]!;
  require(Math.abs(main[0]! - (scale * 1e6) / rate) <= 0.5, 'Both headers name the same rate.');
  const format = words(file, stream[1]!);
  require(format[0] === 40, 'A BITMAPINFOHEADER has 40 bytes.');
  require(stream[1]!.size === 40 + format[8]! * 4, 'Its palette follows.');
  require(main[8] === format[1] && main[9] === format[2], 'Both headers name the same size.');
  const large = children(file, header.find(({ type }) => type === 'odml')!)[0]!;
  require(large.id === 'dmlh' && words(file, large)[0] === total, 'dmlh counts all frames.');

  const frames: AviFrame[] = [];
  const superEntries = readSuperIndex(file, stream[2]!);
  require(superEntries.length === riffs.length, 'The super index has an entry for each RIFF.');
  riffs.forEach((riff, index) => {
    const movi = children(file, riff).find(({ type }) => type === 'movi')!;
    const inside = chunks(file, movi.body + 4, movi.body + movi.size);
    const pictures = inside.filter(({ id }) => id === '00dc');
    const last = inside.at(-1)!;
    require(last.id === 'ix00' && pictures.length === inside.length - 1, 'Pictures, then their index.');
    const entry = superEntries[index]!;
    require(entry.offset === last.body - 8 && entry.size === last.size + 8, 'The super index leads to it.');
    require(entry.frames === pictures.length, 'And counts its frames.');
    const standard = readStandardIndex(file, last);
    require(standard.length === pictures.length, 'A standard index lists every picture.');
    standard.forEach((frame, at) => {
      const picture = pictures[at]!;
      require(frame.at === picture.body && frame.size === picture.size, 'By its place and size.');
    });
    if (index === 0) {
      require(main[4] === pictures.length, 'avih counts the first RIFF.');
      checkOldIndex(file, parts[3]!, movi, standard);
    }
    frames.push(...standard);
  });
  require(frames.length === total, 'strh counts all frames.');
  const largest = frames.reduce((most, { size }) => Math.max(most, size), 0);
  require(head[9]! >= largest && main[7]! >= largest, 'Suggested buffers are large enough.');
  return {
    width: format[1]!,
    height: format[2]!,
    bitsPerPixel: format[3]! >>> 16,
    compression: format[4]! === 1 ? 'RLE8' : text(file, stream[1]!.body + 16),
    paletteColours: format[8]!,
    rate: rate / scale,
    frames,
    riffs: riffs.length,
  };
}

function readSuperIndex(file: RandomFile, index: Chunk): { offset: number; size: number; frames: number }[] {
  const list = words(file, index);
  require(list[0] === 4, 'An index of indexes, four words to an entry.');
  require(text(file, index.body + 8) === '00dc', 'Of this stream.');
  require(index.size >= 24 + 16 * list[1]!, 'With room for its entries.');
  return Array.from({ length: list[1]! }, (_, entry) => {
    const at = 6 + entry * 4;
    return { offset: list[at]! + list[at + 1]! * 2 ** 32, size: list[at + 2]!, frames: list[at + 3]! };
  });
}

function readStandardIndex(file: RandomFile, index: Chunk): AviFrame[] {
  const list = words(file, index);
  require(list[0] === (1 << 24) + 2, 'An index of chunks, two words to an entry.');
  require(text(file, index.body + 8) === '00dc', 'Of this stream.');
  require(index.size === 24 + 8 * list[1]!, 'And nothing else.');
  const base = list[3]! + list[4]! * 2 ** 32;
  return Array.from({ length: list[1]! }, (_, entry) => {
    const size = list[6 + entry * 2 + 1]!;
    return { at: base + list[6 + entry * 2]!, size: size & 0x7fffffff, keyframe: size < 2 ** 31 };
  });
}

function checkOldIndex(file: RandomFile, index: Chunk, movi: Chunk, frames: readonly AviFrame[]): void {
  const list = words(file, index);
  require(list.length === frames.length * 4, 'idx1 has four words for each picture.');
  frames.forEach((frame, at) => {
    const [id, flags, offset, size] = list.subarray(at * 4, at * 4 + 4);
    require(id === 0x63643030, 'It is 00dc.');
    require(((flags! & 0x10) !== 0) === frame.keyframe, 'Both indexes know the keyframes.');
    require(movi.body + offset! + 8 === frame.at && size === frame.size, 'And the places.');
  });
}

function children(file: RandomFile, list: Chunk): Chunk[] {
  return chunks(file, list.body + 4, list.body + list.size);
}

function chunks(file: RandomFile, from: number, to: number): Chunk[] {
  const out: Chunk[] = [];
  let at = from;
  while (at < to) {
    const head = file.read(at, 12);
    const view = new DataView(head.slice().buffer);
    const id = ascii(head.subarray(0, 4));
    require(/^[A-Za-z0-9 ]{4}$/.test(id), `A chunk's name stands at ${at}.`);
    const size = view.getUint32(4, true);
    out.push({
      id,
      body: at + 8,
      size,
      type: id === 'RIFF' || id === 'LIST' ? ascii(head.subarray(8, 12)) : '',
    });
    if ((size & 1) !== 0) require(file.read(at + 8 + size, 1)[0] === 0, 'Chunks are filled up to a word.');
    at += 8 + size + (size & 1);
  }
  require(at === to, 'Chunks fill their parent.');
  return out;
}

/** u32s of a chunk that is kept whole. */
function words(file: RandomFile, chunk: Chunk): Uint32Array {
  const bytes = file.read(chunk.body, chunk.size - (chunk.size % 4));
  return new Uint32Array(bytes.slice().buffer);
}

function text(file: RandomFile, at: number): string {
  return ascii(file.read(at, 4));
}

function ascii(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes);
}

function require(condition: boolean, rule: string): void {
  if (!condition) throw new Error(`Not so: ${rule}`);
}
