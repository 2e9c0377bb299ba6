import { createRequire } from 'node:module';
import { createCanvas, GlobalFonts } from '@napi-rs/canvas';
import { describe, expect, it } from 'vitest';
import { drawOverlay, NameTags, OverlayModel, repaintOverlay } from '../../engine/overlay/index.js';
import type { OverlayAction } from '../../engine/protocol/index.js';

// What the page's fonts are called here, on machines without any too.
const { resolve } = createRequire(import.meta.url);
GlobalFonts.registerFromPath(
  resolve('@fontsource/dejavu-sans/files/dejavu-sans-latin-700-normal.woff'),
  'system-ui',
);

const SIZE = { width: 300, height: 200 };
const SECOND = 1_000_000;

/** A canvas that is kept up to date as a page's layer is. */
class Layer {
  readonly model = new OverlayModel();
  readonly context = createCanvas(SIZE.width, SIZE.height).getContext('2d');
  readonly names = new NameTags(this.model, (viewer) => (viewer === 1 ? undefined : `Viewer ${viewer}`));

  do(viewer: number, action: OverlayAction, now: number, sequence = 1): void {
    this.model.apply({ viewer, sequence, createdAt: 0, ...action }, now);
  }

  paint(now: number): Buffer {
    this.names.clear();
    repaintOverlay(this.context, this.model, now);
    this.names.draw(this.context, now, 1, SIZE);
    return this.pixels();
  }

  pixels(): Buffer {
    return Buffer.from(this.context.getImageData(0, 0, SIZE.width, SIZE.height).data);
  }

  /** As it is without names. */
  plain(now: number): Buffer {
    const context = createCanvas(SIZE.width, SIZE.height).getContext('2d');
    drawOverlay(context, this.model, now);
    return Buffer.from(context.getImageData(0, 0, SIZE.width, SIZE.height).data);
  }
}

function line(y: number): OverlayAction {
  const points = [
    { x: 20, y },
    { x: 150, y },
  ];
  return { kind: 'stroke', stroke: y, begin: true, end: true, points };
}

describe('names', () => {
  it('stand beside what others draw and point at, for a moment', () => {
    const layer = new Layer();
    layer.do(2, line(50), 0);
    layer.do(2, { kind: 'laser', visible: true, x: 60, y: 120 }, SECOND);
    expect(layer.paint(SECOND).equals(layer.plain(SECOND))).toBe(false);
    expect(layer.names.nextChange(SECOND)).toBe(2.2 * SECOND);
    const later = 5 * SECOND;
    expect(layer.names.nextChange(later)).toBeUndefined();
    expect(layer.paint(later).equals(layer.plain(later))).toBe(true);
  });

  it('leave nothing behind, and nothing out, when the hand moves on', () => {
    const layer = new Layer();
    layer.do(1, line(80), 0);
    layer.paint(0);
    for (let step = 0; step < 12; step++) {
      layer.do(3, { kind: 'laser', visible: true, x: 20 + step * 20, y: 70 + step * 3 }, step * 50_000);
      layer.paint(step * 50_000);
    }
    layer.do(3, { kind: 'laser', visible: false, x: 0, y: 0 }, SECOND);
    expect(layer.paint(SECOND).equals(layer.plain(SECOND))).toBe(true);
  });

  it('are not shown of oneself, nor of what is only told anew', () => {
    const layer = new Layer();
    layer.do(1, line(50), 0);
    layer.do(2, line(90), 0, 0);
    expect(layer.paint(0).equals(layer.plain(0))).toBe(true);
    // A stroke under the hand that is told anew keeps its name.
    layer.do(2, line(120), 0);
    expect(layer.paint(0).equals(layer.plain(0))).toBe(false);
    layer.do(2, line(120), SECOND, 0);
    expect(layer.paint(SECOND).equals(layer.plain(SECOND))).toBe(false);
    expect(layer.names.nextChange(SECOND)).toBe(1.2 * SECOND);
  });

  it('stay inside the picture', () => {
    const layer = new Layer();
    layer.do(2, { kind: 'laser', visible: true, x: 299, y: 199 }, 0);
    layer.paint(0);
    const { data } = layer.context.getImageData(200, 160, 60, 30);
    expect(data.some((byte) => byte !== 0)).toBe(true);
  });
});
