/** Lays a picture into the room that there is, and keeps it there while either changes. */
import type { RefObject } from 'preact';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { Size } from '../../../codecs/index.js';
import { type Placement, place, type ViewChoice } from '../view/mapping.js';

/** From this many screen pixels per host pixel on, pixels are shown as squares instead of being blurred. */
const SQUARES_FROM = 2;

export interface Sheet {
  /** What scrolls where the picture is larger; its parent is the room that there is. */
  readonly room: RefObject<HTMLDivElement | null>;
  /** What has the picture's size on screen. */
  readonly sheet: RefObject<HTMLDivElement | null>;
  readonly picture: RefObject<HTMLCanvasElement | null>;
}

export function useSheet(
  view: ViewChoice,
  size: Size | undefined,
  onPlacement: (placement: Placement) => void,
): Sheet {
  const room = useRef<HTMLDivElement>(null);
  const sheet = useRef<HTMLDivElement>(null);
  const picture = useRef<HTMLCanvasElement>(null);
  const [space, setSpace] = useState<Size>({ width: 1, height: 1 });
  const ratio = usePixelRatio();
  const placement = place(view, size ?? { width: 1, height: 1 }, space, ratio);

  useEffect(() => {
    const watch = new ResizeObserver(([entry]) => {
      if (entry === undefined) return;
      setSpace({ width: entry.contentRect.width, height: entry.contentRect.height });
    });
    // The room without its scroll bars would change with them: the frame around it does not.
    watch.observe(room.current!.parentElement!);
    return () => watch.disconnect();
  }, []);

  useLayoutEffect(() => {
    const { style } = sheet.current!;
    const centre = centreOf(room.current!);
    const snap = (value: number) => Math.max(0, Math.floor(value * ratio) / ratio);
    style.width = `${placement.width}px`;
    style.height = `${placement.height}px`;
    // Whole device pixels, or an unscaled picture would be blurred.
    style.left = `${snap((space.width - placement.width) / 2)}px`;
    style.top = `${snap((space.height - placement.height) / 2)}px`;
    const squares = Math.min(placement.scaleX, placement.scaleY) >= SQUARES_FROM;
    picture.current!.style.imageRendering = squares ? 'pixelated' : 'auto';
    // What was in the middle stays there while the size changes.
    const { clientWidth, clientHeight } = room.current!;
    room.current!.scrollTo(
      centre.x * placement.width - clientWidth / 2,
      centre.y * placement.height - clientHeight / 2,
    );
    onPlacement(placement);
  }, [placement.width, placement.height, space.width, space.height, ratio]);

  return { room, sheet, picture };
}

/** The middle of what is seen, as fractions of the whole. */
function centreOf(room: HTMLElement): { x: number; y: number } {
  return {
    x: (room.scrollLeft + room.clientWidth / 2) / Math.max(1, room.scrollWidth),
    y: (room.scrollTop + room.clientHeight / 2) / Math.max(1, room.scrollHeight),
  };
}

/** Device pixels per CSS pixel; follows the browser's zoom and a move to another screen. */
function usePixelRatio(): number {
  const [ratio, setRatio] = useState(window.devicePixelRatio || 1);
  useEffect(() => {
    const query = window.matchMedia(`(resolution: ${ratio}dppx)`);
    const change = () => setRatio(window.devicePixelRatio || 1);
    query.addEventListener('change', change);
    return () => query.removeEventListener('change', change);
  }, [ratio]);
  return ratio;
}
