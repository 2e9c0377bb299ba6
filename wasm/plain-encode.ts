/**
 * Modes that need nothing but the tile: solid, palettes, runs, raw pixels, with or without LZ4. The tile's codes
 * are counted, and the mode is the smallest by what the count already shows.
 */
import { reduceSpan } from './colour';
import { lz4Compress } from './lz4';
import { packCodes, packIndices } from './pack';
import {
  codeBytes,
  indexBits,
  MAX_PACKED_BYTES,
  MAX_RUN_COLOURS,
  MODE_PALETTE,
  MODE_PALETTE_LZ4,
  MODE_RAW,
  MODE_RAW_LZ4,
  MODE_RUNS,
  MODE_SOLID,
  MODE_TWO_COLOUR,
  packedBytes,
  rawBytes,
} from './tile';

// Places in the scratch, in bytes; each area has slack for the last SIMD group.
/** u32 per pixel: its code, row after row without gaps. */
const CODES: usize = 0;
/** u8 per pixel: its index into the palette. */
const INDICES: usize = CODES + 4096 * 4 + 64;
const PACKED: usize = INDICES + 4096 + 64;
const COMPRESSED: usize = PACKED + MAX_PACKED_BYTES + 64;
const LZ4_TABLE: usize = COMPRESSED + MAX_PACKED_BYTES + 64;
/** Colour table, open addressing: code + 1 (0 is free) and the index beside it, u32 each. */
const COLOURS: usize = LZ4_TABLE + 16384;
const COLOUR_SLOT_BITS: u32 = 10;
const COLOUR_SLOTS: u32 = 1 << COLOUR_SLOT_BITS;
/** u32 per colour, in order of appearance. */
const PALETTE: usize = COLOURS + (COLOUR_SLOTS << 3);
/** What the count found: number of colours (257 = more than a palette holds), bytes of the runs. */
const COUNTED: usize = PALETTE + 1024;
export const PLAIN_SCRATCH_BYTES: usize = COUNTED + 64;

/** Below this many packed bytes LZ4 is not tried: its own token costs what it could save. */
const MIN_LZ4_BYTES: u32 = 12;
const MAX_COLOURS: u32 = 256;

/** Bytes of one run whose index is counted in: the length, less 2, in groups of seven bits. */
function runBytes(length: u32): u32 {
  return length == 1 ? 1 : length < 130 ? 2 : 3;
}

/**
 * Finds the colours of `count` codes and writes an index per pixel. Stops when there are too many for a
 * palette. Four equal pixels are passed at once: most of a desktop is flat.
 */
function countColours(scratch: usize, count: u32): void {
  const codes = scratch + CODES;
  const indices = scratch + INDICES;
  const slots = scratch + COLOURS;
  const palette = scratch + PALETTE;
  memory.fill(slots, 0, COLOUR_SLOTS << 3);
  let colours: u32 = 0;
  let runs: u32 = 0;
  let runStart: u32 = 0;
  let index: u32 = 0;
  // A code has 24 bits at most, so this is none.
  let previous: u32 = 0xffffffff;
  let at: u32 = 0;
  while (at < count) {
    if (at + 4 <= count && i32x4.all_true(i32x4.eq(v128.load(codes + (at << 2)), i32x4.splat(previous)))) {
      store<u32>(indices + at, index * 0x01010101);
      at += 4;
      continue;
    }
    const stop = min<u32>(count, at + 4);
    for (; at < stop; at++) {
      const code = load<u32>(codes + (at << 2));
      if (code != previous) {
        if (at != runStart) runs += runBytes(at - runStart);
        runStart = at;
        previous = code;
        let slot = (code * 2654435761) >> (32 - COLOUR_SLOT_BITS);
        let key = load<u32>(slots + (slot << 3));
        while (key != 0 && key != code + 1) {
          slot = (slot + 1) & (COLOUR_SLOTS - 1);
          key = load<u32>(slots + (slot << 3));
        }
        if (key == 0) {
          if (colours == MAX_COLOURS) {
            store<u32>(scratch + COUNTED, MAX_COLOURS + 1);
            return;
          }
          store<u32>(slots + (slot << 3), code + 1);
          store<u32>(slots + (slot << 3), colours, 4);
          store<u32>(palette + (colours << 2), code);
          index = colours++;
        } else {
          index = load<u32>(slots + (slot << 3), 4);
        }
      }
      store<u8>(indices + at, index);
    }
  }
  store<u32>(scratch + COUNTED, colours);
  store<u32>(scratch + COUNTED, runs + runBytes(count - runStart), 4);
}

function writeRuns(indices: usize, count: u32, out: usize): usize {
  let at: u32 = 0;
  while (at < count) {
    const index = <u32>load<u8>(indices + at);
    let next = at + 1;
    while (next < count && load<u8>(indices + next) == index) next++;
    const length = next - at;
    at = next;
    if (length == 1) {
      store<u8>(out++, index);
      continue;
    }
    store<u8>(out++, index | 0x80);
    let left = length - 2;
    while (left >= 0x80) {
      store<u8>(out++, left | 0x80);
      left >>= 7;
    }
    store<u8>(out++, left);
  }
  return out;
}

/** Writes a block's length and its bytes. */
function writeBlock(compressed: usize, length: u32, out: usize): usize {
  store<u16>(out, length);
  memory.copy(out + 2, compressed, length);
  return out + 2 + length;
}

/**
 * Writes the payload of the smallest mode at `out`, and the mode with `flag` at `modeAt`; the answer is the end.
 * The codes lie at CODES.
 */
function encodePlain(
  scratch: usize,
  w: u32,
  h: u32,
  level: u32,
  modeAt: usize,
  flag: u32,
  out: usize,
): usize {
  const count = w * h;
  const codes = scratch + CODES;
  const packed = scratch + PACKED;
  const compressed = scratch + COMPRESSED;
  const width = codeBytes(level);
  countColours(scratch, count);
  const colours = load<u32>(scratch + COUNTED);
  const raw = rawBytes(w, h, level);

  let best: u32 = raw;
  let mode: u32 = MODE_RAW;
  let block: u32 = 0;
  if (colours <= MAX_COLOURS) {
    if (colours == 1) {
      store<u8>(modeAt, MODE_SOLID | flag);
      packCodes(scratch + PALETTE, 1, width, packed);
      memory.copy(out, packed, width);
      return out + width;
    }
    const palette = colours * width + (colours == 2 ? 0 : 1);
    const indexBytes = packedBytes(w, h, indexBits(colours));
    if (palette + indexBytes < best) {
      best = palette + indexBytes;
      mode = colours == 2 ? MODE_TWO_COLOUR : MODE_PALETTE;
    }
    const runs: u32 = 1 + colours * width + load<u32>(scratch + COUNTED, 4);
    if (colours <= MAX_RUN_COLOURS && runs < best) {
      best = runs;
      mode = MODE_RUNS;
    }
    packIndices(scratch + INDICES, w, h, indexBits(colours), packed);
    const header: u32 = 1 + colours * width + 2;
    if (indexBytes >= MIN_LZ4_BYTES && header + 1 < best) {
      block = lz4Compress(packed, indexBytes, compressed, best - header - 1, scratch + LZ4_TABLE);
      if (block != 0) {
        best = header + block;
        mode = MODE_PALETTE_LZ4;
      }
    }
    if (mode != MODE_RAW) {
      let end = out;
      if (mode != MODE_TWO_COLOUR) store<u8>(end++, colours - 1);
      store<u8>(modeAt, mode | flag);
      // Straight into the output: what the packing writes too much is overwritten by the pixels.
      packCodes(scratch + PALETTE, colours, width, end);
      end += colours * width;
      if (mode == MODE_RUNS) return writeRuns(scratch + INDICES, count, end);
      if (mode == MODE_PALETTE_LZ4) return writeBlock(compressed, block, end);
      memory.copy(end, packed, indexBytes);
      return end + indexBytes;
    }
  }

  if (level == 0) {
    for (let at: u32 = 0; at < count; at++) store<u8>(scratch + INDICES + at, load<u32>(codes + (at << 2)));
    packIndices(scratch + INDICES, w, h, 4, packed);
  } else {
    packCodes(codes, count, level, packed);
  }
  if (raw >= MIN_LZ4_BYTES) {
    block = lz4Compress(packed, raw, compressed, raw - 3, scratch + LZ4_TABLE);
    if (block != 0) {
      store<u8>(modeAt, MODE_RAW_LZ4 | flag);
      return writeBlock(compressed, block, out);
    }
  }
  store<u8>(modeAt, MODE_RAW | flag);
  memory.copy(out, packed, raw);
  return out + raw;
}

/** Writes a tile's pixels by themselves: reads their codes, and codes these. */
export function encodeFast(
  source: usize,
  stride: u32,
  w: u32,
  h: u32,
  level: u32,
  modeAt: usize,
  flag: u32,
  out: usize,
  scratch: usize,
): usize {
  let codes = scratch + CODES;
  for (let y: u32 = 0; y < h; y++) {
    reduceSpan(source, codes, w, level);
    source += stride;
    codes += w << 2;
  }
  return encodePlain(scratch, w, h, level, modeAt, flag, out);
}
