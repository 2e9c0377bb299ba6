/**
 * LZ4 block format (https://github.com/lz4/lz4/blob/dev/doc/lz4_Block_format.md): greedy parse over a table of
 * 4096 recent positions. No read or write leaves the ranges that are passed in.
 */

/** Entries of the compressor's position table (u32 each); the scratch it needs is four times this. */
const TABLE_BITS: u32 = 12;
export const LZ4_TABLE_BYTES: u32 = 4 << TABLE_BITS;
const MIN_MATCH: u32 = 4;
/** The last match starts at least this many bytes before the end of the block. */
const MATCH_START_LIMIT: u32 = 12;
/** The last bytes of a block are literals. */
const LAST_LITERALS: u32 = 5;
const MAX_DISTANCE: u32 = 65535;
/** After 1 << SKIP_TRIGGER failed probes the search begins to step over bytes: noise is passed quickly. */
const SKIP_TRIGGER: u32 = 6;
/** Bytes left in the block and in the target from which the decoder's short way is safe. */
const FAST_IN: u32 = 32;
const FAST_OUT: u32 = 64;

function slotOf(at: usize, table: usize): usize {
  return table + (((load<u32>(at) * 2654435761) >> (32 - TABLE_BITS)) << 2);
}

/** Bytes after the token that a length needs whose part of the token is `nibble`. */
function lengthBytes(length: u32): u32 {
  return length < 15 ? 0 : (length - 15) / 255 + 1;
}

function writeLength(at: usize, length: u32): usize {
  if (length < 15) return at;
  let left = length - 15;
  while (left >= 255) {
    store<u8>(at++, 255);
    left -= 255;
  }
  store<u8>(at++, left);
  return at;
}

/**
 * Compresses `size` bytes into at most `capacity`; the answer is the block's length, or 0 when it does not
 * fit. `table` is LZ4_TABLE_BYTES of scratch. Source and target do not overlap.
 */
export function lz4Compress(source: usize, size: u32, target: usize, capacity: u32, table: usize): u32 {
  const end = source + size;
  const targetEnd = target + capacity;
  let out = target;
  let anchor = source;
  if (size > MATCH_START_LIMIT) {
    // Zero means position 0: a candidate like any other, checked before it is believed.
    memory.fill(table, 0, LZ4_TABLE_BYTES);
    const startLimit = end - MATCH_START_LIMIT;
    const matchLimit = end - LAST_LITERALS;
    let at = source + 1;
    let probes: u32 = 1 << SKIP_TRIGGER;
    while (at <= startLimit) {
      const slot = slotOf(at, table);
      let match: usize = source + load<u32>(slot);
      store<u32>(slot, <u32>(at - source));
      if (load<u32>(match) != load<u32>(at) || at - match > MAX_DISTANCE) {
        at += probes++ >> SKIP_TRIGGER;
        continue;
      }
      while (at > anchor && match > source && load<u8>(at - 1) == load<u8>(match - 1)) {
        at--;
        match--;
      }
      const literals = <u32>(at - anchor);
      const distance = <u32>(at - match);
      const matchStart = at;
      at += MIN_MATCH;
      match += MIN_MATCH;
      let differs = false;
      while (at + 8 <= matchLimit) {
        const difference = load<u64>(at) ^ load<u64>(match);
        if (difference != 0) {
          at += <usize>(ctz(difference) >> 3);
          differs = true;
          break;
        }
        at += 8;
        match += 8;
      }
      if (!differs) {
        while (at < matchLimit && load<u8>(at) == load<u8>(match)) {
          at++;
          match++;
        }
      }
      const length = <u32>(at - matchStart) - MIN_MATCH;
      if (out + 3 + lengthBytes(literals) + literals + lengthBytes(length) > targetEnd) return 0;
      store<u8>(out, (min<u32>(literals, 15) << 4) | min<u32>(length, 15));
      out = writeLength(out + 1, literals);
      copyLiterals(anchor, end, out, targetEnd, literals);
      out += literals;
      store<u16>(out, distance);
      out = writeLength(out + 2, length);
      anchor = at;
      probes = 1 << SKIP_TRIGGER;
      if (at <= startLimit) {
        store<u32>(slotOf(at - 2, table), <u32>(at - 2 - source));
      }
    }
  }
  const literals = <u32>(end - anchor);
  if (out + 1 + lengthBytes(literals) + literals > targetEnd) return 0;
  store<u8>(out, min<u32>(literals, 15) << 4);
  out = writeLength(out + 1, literals);
  memory.copy(out, anchor, literals);
  return <u32>(out + literals - target);
}

/**
 * Decompresses a block of `size` bytes into at most `capacity`; the answer is the length of what came out, or
 * -1 when the block is malformed or does not fit. Nothing outside either range is read or written.
 */
export function lz4Decompress(source: usize, size: u32, target: usize, capacity: u32): i32 {
  let at = source;
  const end = source + size;
  let out = target;
  const outEnd = target + capacity;
  // Before these two, sixteen bytes may be copied for any short run of literals, and a distance follows.
  const safeAt = size > FAST_IN ? end - FAST_IN : source;
  const safeOut = capacity > FAST_OUT ? outEnd - FAST_OUT : target;
  while (at < end) {
    const token = <u32>load<u8>(at++);
    let literals = token >> 4;
    if (literals < 15 && at < safeAt && out < safeOut) {
      v128.store(out, v128.load(at));
      at += literals;
      out += literals;
    } else {
      if (literals == 15) {
        let more: u32 = 255;
        while (more == 255) {
          if (at >= end || literals > capacity) return -1;
          more = load<u8>(at++);
          literals += more;
        }
      }
      if (literals > <u32>(end - at) || literals > <u32>(outEnd - out)) return -1;
      copyLiterals(at, end, out, outEnd, literals);
      at += literals;
      out += literals;
      if (at == end) return <i32>(out - target);
      if (end - at < 2) return -1;
    }
    const distance = <u32>load<u16>(at);
    at += 2;
    if (distance == 0 || distance > <u32>(out - target)) return -1;
    let length = token & 15;
    if (length < 15 && distance >= 16 && out + 32 <= outEnd) {
      // At most 18 bytes.
      v128.store(out, v128.load(out - distance));
      v128.store(out, v128.load(out - distance, 16), 16);
      out += length + MIN_MATCH;
      continue;
    }
    if (length == 15) {
      let more: u32 = 255;
      while (more == 255) {
        if (at >= end || length > capacity) return -1;
        more = load<u8>(at++);
        length += more;
      }
    }
    length += MIN_MATCH;
    if (length > <u32>(outEnd - out)) return -1;
    copyMatch(out, distance, length, outEnd);
    out += length;
  }
  return -1;
}

/** Copies bytes, by sixteen where neither range ends too soon for it. */
function copyLiterals(from: usize, end: usize, to: usize, toEnd: usize, count: u32): void {
  const stop = to + count;
  if (stop + 16 <= toEnd && from + count + 16 <= end) {
    do {
      v128.store(to, v128.load(from));
      to += 16;
      from += 16;
    } while (to < stop);
  } else {
    memory.copy(to, from, count);
  }
}

/** Repeats the last 1, 2, 4 or 8 bytes up to `stop` and at most 15 bytes past it. */
function fill(out: usize, distance: u32, stop: usize): void {
  const from = out - distance;
  let pattern: v128;
  if (distance == 8) pattern = v128.load64_splat(from);
  else if (distance == 4) pattern = v128.load32_splat(from);
  else if (distance == 2) pattern = v128.load16_splat(from);
  else pattern = v128.load8_splat(from);
  do {
    v128.store(out, pattern);
    out += 16;
  } while (out < stop);
}

/** Repeats what lies `distance` bytes back; the ranges may overlap, which repeats a pattern. */
function copyMatch(out: usize, distance: u32, length: u32, outEnd: usize): void {
  let from = out - distance;
  const stop = out + length;
  if (stop + 16 > outEnd) {
    while (out < stop) store<u8>(out++, load<u8>(from++));
    return;
  }
  if (distance < 16) {
    if ((distance & (distance - 1)) == 0) {
      fill(out, distance, stop);
      return;
    }
    // What repeats every `distance` bytes also repeats every multiple of it: go back by one of at least 16.
    const back = distance * ((15 + distance) / distance);
    const start = out + back - distance;
    while (out < start) {
      store<u8>(out++, load<u8>(from++));
      if (out == stop) return;
    }
    from = out - back;
  }
  while (out < stop) {
    v128.store(out, v128.load(from));
    out += 16;
    from += 16;
  }
}
