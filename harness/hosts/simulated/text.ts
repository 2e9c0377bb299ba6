/** Text on a canvas: by the fonts that come with the product, or by those of the machine. */
import { createCanvas, type SKRSContext2D } from '../../../engine/canvas.js';
import type { FontChoice } from '../font-choice.js';
import { builtInFont, builtInText, type FontFamily } from './fonts.js';
import { ink } from './ink.js';

export interface TextStyle {
  /** Em size in pixels. */
  readonly size: number;
  /** `0xRRGGBB`. */
  readonly colour: number;
  readonly bold?: boolean;
  readonly family?: FontFamily;
}

export interface TextPainter {
  /** Draws one line; `x` is its left end and `y` its baseline. */
  draw(context: SKRSContext2D, text: string, x: number, y: number, style: TextStyle): void;
  /** Width in pixels. */
  width(text: string, style: TextStyle): number;
}

export function textPainter(choice: FontChoice = 'built-in'): TextPainter {
  return choice === 'system' ? new SystemText() : new BuiltInText();
}

/** Draws with a font by a CSS name, which `shown` says how to write. */
abstract class CanvasText implements TextPainter {
  readonly #ruler = createCanvas(16, 16).getContext('2d');

  draw(context: SKRSContext2D, text: string, x: number, y: number, style: TextStyle): void {
    context.font = this.#fontOf(style);
    context.fillStyle = ink(style.colour);
    context.fillText(this.shown(text), x, y);
  }

  width(text: string, style: TextStyle): number {
    this.#ruler.font = this.#fontOf(style);
    return this.#ruler.measureText(this.shown(text)).width;
  }

  #fontOf(style: TextStyle): string {
    const isBold = style.bold ?? false;
    return `${isBold ? 'bold ' : ''}${style.size}px ${this.families(style.family ?? 'sans', isBold)}`;
  }

  /** CSS names of the families to take, the best first. */
  protected abstract families(family: FontFamily, isBold: boolean): string;

  /** The text in characters that the fonts have. */
  protected abstract shown(text: string): string;
}

class BuiltInText extends CanvasText {
  protected families(family: FontFamily, isBold: boolean): string {
    return builtInFont(family, isBold);
  }

  protected shown(text: string): string {
    return builtInText(text);
  }
}

const SYSTEM_FAMILIES = {
  sans: '"Noto Sans", "DejaVu Sans", "Liberation Sans", Arial',
  mono: '"DejaVu Sans Mono", "Liberation Mono", "Noto Sans Mono", "Courier New"',
} as const;

class SystemText extends CanvasText {
  protected families(family: FontFamily, isBold: boolean): string {
    return `${SYSTEM_FAMILIES[family]}, ${builtInFont(family, isBold)}`;
  }

  protected shown(text: string): string {
    return text;
  }
}
