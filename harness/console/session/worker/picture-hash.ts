/** A picture's fingerprint: what the engine's other hashes of RGB24 pixels can be compared with. */

/** SHA-256, in hexadecimal, of the R, G and B bytes of RGBA pixels. */
export async function sha256OfRgb(rgba: Uint8ClampedArray): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', packRgb(rgba));
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

export function packRgb(rgba: Uint8ClampedArray | Uint8Array): Uint8Array<ArrayBuffer> {
  const rgb = new Uint8Array((rgba.length / 4) * 3);
  for (let from = 0, to = 0; from < rgba.length; from += 4, to += 3) {
    rgb[to] = rgba[from]!;
    rgb[to + 1] = rgba[from + 1]!;
    rgb[to + 2] = rgba[from + 2]!;
  }
  return rgb;
}
