/**
 * Text on a canvas: by the machine's fonts where there are some, else by the stroke font of our own, so that a bare
 * machine shows words too. The stroke font gives the same pixels on every machine.
 */
import { createCanvas, GlobalFonts, type SKRSContext2D } from '@napi-rs/canvas';
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
}

const MONO_ADVANCE = 5.2;

class StrokeText implements TextPainter {
  readonly #glyphs = new Map<string, Glyph>();

  draw(context: SKRSContext2D, text: string, x: number, y: number, style: TextStyle): void {
    const unit = style.size / UNITS_PER_EM;
    context.strokeStyle = ink(style.colour);
    context.lineWidth = unit * (style.bold ? 1.15 : 0.8);
    context.lineCap = 'round';
    context.lineJoin = 'round';
    context.beginPath();
    let left = x + context.lineWidth / 2;
    for (const character of text) {
      const glyph = this.#glyph(character);
      const inset = style.family === 'mono' ? ((4 - glyph.width) / 2) * unit : 0;
      for (const line of glyph.lines) {
        line.forEach(([px, py], index) => {
          const toX = left + inset + px * unit;
          const toY = y + (py - BASELINE) * unit;
          if (index === 0) context.moveTo(toX, toY);
          else context.lineTo(toX, toY);
        });
      }
      left += this.#advance(glyph, style) * unit;
    }
    context.stroke();
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
      glyph = parseGlyph(GLYPHS[character] ?? GLYPHS[base] ?? UNKNOWN_GLYPH);
      this.#glyphs.set(character, glyph);
    }
    return glyph;
  }
}

function parseGlyph(source: string): Glyph {
  const [width, body] = source.split('|') as [string, string];
  const lines = body.split(' ').filter((line) => line !== '');
  return {
    width: Number(width),
    lines: lines.map((line) =>
      Array.from({ length: line.length / 2 }, (_, index): readonly [number, number] => [
        Number(line[index * 2]),
        Number(line[index * 2 + 1]),
      ]),
    ),
  };
}
