/**
 * Quantisers (RFC 6386, section 14.1). Each kind of block has 128 bytes at `QUANTISERS`: for its 16 coefficients
 * in rows a u16 each of the step, what is added before the division (less than half a step: a coefficient that
 * hardly reaches a step is worth less than its bits), and 65536 / step.
 */
import { AC_STEPS, CHROMA, DC_STEPS, LUMA_AFTER_SECOND, SECOND_ORDER, WHOLE_LUMA } from './tables';

const QUANTISERS = memory.data(512, 16);

/** Quantiser index of the frame, 0 to 127, and its step. */
export let quantiser: u32 = 0;
export let acStep: u32 = 0;
/** What a 1/256 bit costs, in 1/256 of a sum of absolute Hadamard coefficients, and in squared error. */
export let bitPrice: u32 = 0;

function setKind(kind: u32, dc: u32, ac: u32, dcBias: u32, acBias: u32): void {
  const at = QUANTISERS + (kind << 7);
  for (let index: usize = 0; index < 16; index++) {
    const step = index == 0 ? dc : ac;
    const bias = index == 0 ? dcBias : acBias;
    store<u16>(at + (index << 1), <u16>step);
    store<u16>(at + (index << 1), <u16>((step * bias) >> 8), 32);
    store<u16>(at + (index << 1), <u16>((65536 + step - 1) / step), 64);
  }
}

/** Chooses the steps; biases are 1/256 of a step. */
export function setQuantiser(index: u32, bias: u32): void {
  quantiser = index;
  const dc = <u32>load<u16>(DC_STEPS + (index << 1));
  const ac = <u32>load<u16>(AC_STEPS + (index << 1));
  acStep = ac;
  setKind(LUMA_AFTER_SECOND, dc, ac, bias, bias);
  setKind(SECOND_ORDER, dc << 1, max<u32>(8, (ac * 155) / 100), 112, bias);
  setKind(CHROMA, min<u32>(132, dc), ac, 112, bias);
  setKind(WHOLE_LUMA, dc, ac, 112, bias);
}

export function setBitPrice(price: u32): void {
  bitPrice = price;
}

/** 8 levels of 8 coefficients. */
function divide(values: v128, quantisers: usize): v128 {
  const sum = i16x8.add(i16x8.abs(values), v128.load(quantisers, 32));
  const inverses = v128.load(quantisers, 64);
  const levels = i16x8.narrow_i32x4_s(
    i32x4.shr_u(i32x4.extmul_low_i16x8_u(sum, inverses), 16),
    i32x4.shr_u(i32x4.extmul_high_i16x8_u(sum, inverses), 16),
  );
  const sign = i16x8.shr_s(values, 15);
  return i16x8.sub(v128.xor(levels, sign), sign);
}

/**
 * Quantises the block at `block` and replaces it by what a decoder makes of the levels, which go to `levels` in
 * zigzag order. The answer is the number of levels up to the last that is not zero.
 */
export function quantise(block: usize, levels: usize, kind: u32): u32 {
  const at = QUANTISERS + (kind << 7);
  let low = divide(v128.load(block), at);
  const high = divide(v128.load(block, 16), at + 16);
  if (kind == LUMA_AFTER_SECOND) low = i16x8.replace_lane(low, 0, 0);
  v128.store(block, i16x8.mul(low, v128.load(at)));
  v128.store(block, i16x8.mul(high, v128.load(at, 16)), 16);
  const first = v128.shuffle<i16>(low, high, 0, 1, 4, 8, 5, 2, 3, 6);
  const second = v128.shuffle<i16>(low, high, 9, 12, 13, 10, 7, 11, 14, 15);
  v128.store(levels, first);
  v128.store(levels, second, 16);
  const zero = i16x8.splat(0);
  const set = i8x16.bitmask(i8x16.narrow_i16x8_s(i16x8.ne(first, zero), i16x8.ne(second, zero)));
  return 32 - clz(set);
}
