/** Which codec a conversion takes, and the coder for it. */
import { ColourLevel, SightlineError, type Size } from '../../codecs/index.js';
import {
  levelPalette,
  MAX_COLOURS,
  MrleEncoder,
  MsvcEncoder,
  type VideoCodec,
  type VideoEncoder,
  ZmbvEncoder,
} from '../../codecs/video/index.js';
import { Vp8Encoder } from '../../codecs/vp8/index.js';
import type { Survey } from './survey.js';
import type { CodecChoice, ContainerKind, ConversionModules } from './types.js';

/** What each container carries so that players know it. */
const CARRIED: Readonly<Record<ContainerKind, readonly VideoCodec[]>> = {
  avi: ['msvc', 'mrle', 'zmbv'],
  mkv: ['zmbv', 'msvc', 'mrle', 'vp8'],
  webm: ['vp8'],
};
const LOSSY: readonly VideoCodec[] = ['msvc', 'vp8'];

/**
 * The codec for a choice: with `auto` the exact ZMBV in MKV, VP8 in WebM, and in AVI the exact MRLE when
 * `palette` says that its colours suffice, else MSVC. @throws SightlineError `bad-argument` that says what fits.
 */
export function codecFor(container: ContainerKind, choice: CodecChoice, palette: Palette): VideoCodec {
  if (choice === 'auto') {
    if (container === 'mkv') return 'zmbv';
    if (container === 'webm') return 'vp8';
    return palette === undefined ? 'msvc' : 'mrle';
  }
  if (!CARRIED[container].includes(choice)) {
    const others = Object.entries(CARRIED).filter(([, codecs]) => codecs.includes(choice));
    throw new SightlineError(
      'bad-argument',
      `${choice.toUpperCase()} does not go into .${container}: use .${others.map(([name]) => name).join(' or .')}, or ${CARRIED[container].join(', ')}.`,
      { field: 'codec' },
    );
  }
  return choice;
}

/** Refuses a quality for a codec that has none. */
export function checkQuality(codec: VideoCodec, quality: number | undefined): void {
  if (quality === undefined || LOSSY.includes(codec)) return;
  throw new SightlineError(
    'bad-argument',
    `${codec.toUpperCase()} is exact and has no quality: leave it out, or use ${LOSSY.join(' or ')}.`,
    { field: 'quality' },
  );
}

/** B, G, R, 0 for each of the colours that occur, at most 256; undefined: there are more, or nobody knows. */
export type Palette = Uint8Array | undefined;

/** The colours that a recording at those levels has, known from the levels alone. */
export function paletteOf({ levels }: Pick<Survey, 'levels'>): Palette {
  const colours = new Set<number>();
  for (const level of levels) {
    if (level !== ColourLevel.Low && level !== ColourLevel.VeryLow) return undefined;
    const palette = levelPalette(level);
    for (const colour of new Uint32Array(palette.buffer)) colours.add(colour);
  }
  if (colours.size > MAX_COLOURS) return undefined;
  return new Uint8Array(Uint32Array.from(colours).buffer);
}

/** `palette`: the colours of all pictures, where there are no others; for MRLE those that stand for them. */
export function makeCoder(
  codec: VideoCodec,
  modules: ConversionModules,
  size: Size,
  palette: Palette,
  quality: number | undefined,
): VideoEncoder {
  switch (codec) {
    case 'mrle':
      return new MrleEncoder(modules.recording, size, palette === undefined ? {} : { palette });
    case 'msvc':
      return new MsvcEncoder(modules.recording, size, quality === undefined ? {} : { quality });
    case 'zmbv':
      return new ZmbvEncoder(modules.recording, size, palette === undefined ? {} : { bits: 8, palette });
    case 'vp8':
      if (modules.vp8 === undefined) {
        throw new SightlineError('bad-argument', 'The kernels of VP8 were not loaded.', { field: 'modules' });
      }
      return new Vp8Encoder(modules.vp8, size, quality === undefined ? {} : { quality });
  }
}
