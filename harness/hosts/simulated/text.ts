/**
 * Text on a canvas: by the machine's fonts where there are some, else by the stroke font of our own, so that a bare
 * machine shows words too. The stroke font gives the same pixels on every machine.
 */
import { type Canvas, createCanvas, GlobalFonts, type SKRSContext2D } from '@napi-rs/canvas';
import { BASELINE, GLYPH_GAP, GLYPHS, UNITS_PER_EM, UNKNOWN_GLYPH } from './glyphs.js';
import { ink } from './ink.js';

export interface TextStyle {
  /** Em size in pixels. */
  readonly size: number;
  /** `0xRRGGBB`. */
  readonly colour: number;
  readonly bold?: boolean;
  readonly family?: 'sans' | 'mono';
}

export interface TextPainter {
  /** Draws one line; `x` is its left end and `y` its baseline. */
  draw(context: SKRSContext2D, text: string, x: number, y: number, style: TextStyle): void;
  /** Width in pixels. */
  width(text: string, style: TextStyle): number;
}

/** `system`: the machine's fonts; `built-in`: our own; `auto`: the machine's where it has any. */
export type FontChoice = 'system' | 'built-in' | 'auto';

export function textPainter(choice: FontChoice = 'auto'): TextPainter {
  const system = choice === 'system' || (choice === 'auto' && GlobalFonts.families.length > 0);
  return system ? new SystemText() : new StrokeText();
}

const FAMILIES = {
  sans: '"Noto Sans", "DejaVu Sans", "Liberation Sans", Arial, sans-serif',
  mono: '"DejaVu Sans Mono", "Liberation Mono", "Noto Sans Mono", "Courier New", monospace',
} as const;

class SystemText implements TextPainter {
  readonly #ruler = createCanvas(16, 16).getContext('2d');

  draw(context: SKRSContext2D, text: string, x: number, y: number, style: TextStyle): void {
    context.font = fontOf(style);
    context.fillStyle = ink(style.colour);
    context.fillText(text, x, y);
  }

  width(text: string, style: TextStyle): number {
    this.#ruler.font = fontOf(style);
    return this.#ruler.measureText(text).width;
  }
}

function fontOf(style: TextStyle): string {
  return `${style.bold ? 'bold ' : ''}${style.size}px ${FAMILIES[style.family ?? 'sans']}`;
}

interface Glyph {
  readonly width: number;
  readonly lines: readonly (readonly (readonly [x: number, y: number])[])[];
  /** Drawn glyphs by style: how a path is smoothed depends on what is clipped off it, a copied image does not. */
  readonly images: Map<string, Canvas>;
}

const MONO_ADVANCE = 5.2;
/** Glyphs reach this far above and below the baseline, in grid units, with room for the pen. */
const ASCENT = 7;
const DESCENT = 3;
/** Pixels round a glyph for the pen and its smooth edge. */
const MARGIN = 3;

class StrokeText implements TextPainter {
  readonly #glyphs = new Map<string, Glyph>();

  draw(context: SKRSContext2D, text: string, x: number, y: number, style: TextStyle): void {
    const unit = style.size / UNITS_PER_EM;
    let left = x;
    for (const character of text) {
      const glyph = this.#glyph(character);
      const inset = style.family === 'mono' ? ((4 - glyph.width) / 2) * unit : 0;
      if (glyph.lines.length > 0) {
        const top = Math.round(y) - Math.ceil(ASCENT * unit);
        context.drawImage(imageOf(glyph, style, unit), Math.round(left + inset) - MARGIN, top);
      }
      left += this.#advance(glyph, style) * unit;
    }
  }

  width(text: string, style: TextStyle): number {
    let units = 0;
    for (const character of text) units += this.#advance(this.#glyph(character), style);
    return (units * style.size) / UNITS_PER_EM;
  }

  #advance(glyph: Glyph, style: TextStyle): number {
    return style.family === 'mono' ? MONO_ADVANCE : glyph.width + GLYPH_GAP + (style.bold ? 0.3 : 0);
  }

  #glyph(character: string): Glyph {
    let glyph = this.#glyphs.get(character);
    if (glyph === undefined) {
      // An accented letter is drawn as its base letter.
      const base = character.normalize('NFD')[0] ?? character;
      const known = [character, base].find((candidate) => Object.hasOwn(GLYPHS, candidate)) ?? '';
      glyph = this.#glyphs.get(known) ?? parseGlyph(GLYPHS[known] ?? UNKNOWN_GLYPH);
      this.#glyphs.set(known, glyph);
    }
    return glyph;
  }
}

function imageOf(glyph: Glyph, style: TextStyle, unit: number): Canvas {
  const key = `${style.size}/${style.colour}/${style.bold ? 'bold' : ''}`;
  const known = glyph.images.get(key);
  if (known !== undefined) return known;
  const baseline = Math.ceil(ASCENT * unit);
  const image = createCanvas(
    Math.ceil(glyph.width * unit) + 2 * MARGIN,
    baseline + Math.ceil(DESCENT * unit),
  );
  const context = image.getContext('2d');
  context.strokeStyle = ink(style.colour);
  context.lineWidth = unit * (style.bold ? 1.15 : 0.8);
  context.lineCap = 'round';
  context.lineJoin = 'round';
  context.beginPath();
  for (const line of glyph.lines) {
    line.forEach(([x, y], index) => {
      const toX = MARGIN + x * unit;
      const toY = baseline + (y - BASELINE) * unit;
      if (index === 0) context.moveTo(toX, toY);
      // A line of no length at all would not be drawn: dots are lines too.
      else context.lineTo(toX + 0.01, toY);
    });
  }
  context.stroke();
  glyph.images.set(key, image);
  return image;
}

function parseGlyph(source: string): Glyph {
  const [width, body] = source.split('|') as [string, string];
  const lines = body.split(' ').filter((line) => line !== '');
  return {
    images: new Map(),
    width: Number(width),
    lines: lines.map((line) =>
      Array.from({ length: line.length / 2 }, (_, index): readonly [number, number] => [
        Number(line[index * 2]),
        Number(line[index * 2 + 1]),
      ]),
    ),
  };
}
