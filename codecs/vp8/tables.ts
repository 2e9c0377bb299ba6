/** The format's tables as the kernels read them: one behind the other, in the order of `wasm/vp8/tables.ts`. */
import { COEFFICIENT_DEFAULTS, COEFFICIENT_UPDATES } from './coefficient-tables.js';
import { AC_STEPS, DC_STEPS, KEY_SUBMODES, VECTOR_DEFAULTS, VECTOR_UPDATES } from './mode-tables.js';

/** 1/256 bits that a bit of probability n/256 takes; an impossible one is dear. */
function bitCosts(): Uint16Array {
  return Uint16Array.from({ length: 257 }, (_, odds) =>
    Math.round(-256 * Math.log2(Math.max(odds, 0.5) / 256)),
  );
}

export function tableBytes(): Uint8Array {
  const bytes = new Uint8Array(4160);
  let at = 0;
  const bytewise = [COEFFICIENT_DEFAULTS, COEFFICIENT_UPDATES, KEY_SUBMODES, VECTOR_DEFAULTS, VECTOR_UPDATES];
  for (const table of bytewise) {
    bytes.set(table, at);
    at += table.length;
  }
  const view = new DataView(bytes.buffer);
  for (const table of [DC_STEPS, AC_STEPS, bitCosts()]) {
    for (const value of table) {
      view.setUint16(at, value, true);
      at += 2;
    }
  }
  return bytes;
}
