/** A small window that somebody drags about, until the technician takes it. */
import type { Micros } from '../../../../engine/index.js';
import { rect } from '../rects.js';
import type { Scene, Stage } from '../scene.js';
import { prose, wrap } from '../words.js';

/** A drag of two and a half seconds, then a rest. */
const DRAG: Micros = 2_500_000;
const PERIOD: Micros = 5_500_000;
const NOTE_STYLE = { size: 14, colour: 0x4b4224 } as const;
const BACKGROUND = 0xfff3bf;

export function openDrag(stage: Stage): Scene {
  const place = [0.3, 0.4, 0.15, 0.2] as const;
  const window = stage.openWindow('To do', 0xf0b429, place);
  const { frame } = window;
  const room = { x: stage.workArea.width * 0.24, y: stage.workArea.height * 0.26 };
  const text = wrap(prose(stage.random, 160), window.width - 28, (line) =>
    window.text.width(line, NOTE_STYLE),
  );
  window.paint(rect(0, 0, window.width, window.height), BACKGROUND, (context, painter) => {
    text.forEach((line, index) => {
      painter.draw(context, line, 14, 26 + index * 21, NOTE_STYLE);
    });
  });
  let free = true;
  window.handler = {
    grabbed: () => {
      free = false;
      stage.rescheduled();
    },
  };
  return {
    advance(at) {
      if (!free) return;
      const round = Math.floor(at / PERIOD);
      const angle = ((round + ease(Math.min(1, (at - round * PERIOD) / DRAG))) * Math.PI * 2) / 3;
      window.moveTo(
        Math.round(frame.x + Math.sin(angle) * room.x),
        Math.round(frame.y + (Math.cos(angle * 2) - 1) * 0.5 * room.y),
      );
    },
    next(at) {
      if (!free) return undefined;
      const begun = Math.floor(at / PERIOD) * PERIOD;
      return at - begun < DRAG ? at + 1 : begun + PERIOD;
    },
  };
}

function ease(part: number): number {
  return part * part * (3 - 2 * part);
}
