/** Lays a picture into the room that there is, and keeps what is looked at in view while either changes. */
import type { RefObject } from 'preact';
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { Size } from '../../../../codecs/index.js';
import {
  type Anchor,
  anchorAt,
  isCrisp,
  type Lie,
  lay,
  type Placement,
  place,
  type ViewChoice,
} from './mapping.js';

/** What hands do with the part of the picture that is seen. Places are in CSS pixels of the window. */
export interface Lens {
  /** What lies at a place on screen now. */
  at(clientX: number, clientY: number): Anchor;
  /** Brings what was taken by `at` to a place on screen, now and with the zoom that is set in the same turn. */
  bring(what: Anchor, clientX: number, clientY: number): void;
  /** Moves the picture with a hand; false where all of it is seen already. */
  pan(dx: number, dy: number): boolean;
  /** How often the picture has been moved otherwise than by `bring`. */
  readonly moves: number;
}

export interface Sheet {
  /** What scrolls where the picture is larger; its parent is the room that there is. */
  readonly room: RefObject<HTMLDivElement | null>;
  /** What has the picture's size on screen. */
  readonly sheet: RefObject<HTMLDivElement | null>;
  readonly picture: RefObject<HTMLCanvasElement | null>;
  readonly lens: Lens;
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
  const layout = useMemo(() => new Layout(room, sheet), []);

  useEffect(() => {
    const watch = new ResizeObserver(([entry]) => {
      if (entry === undefined) return;
      setSpace({ width: entry.contentRect.width, height: entry.contentRect.height });
    });
    // The room without its scroll bars would change with them: the frame around it does not.
    watch.observe(room.current!.parentElement!);
    const scrolled = () => layout.scrolled();
    room.current!.addEventListener('scroll', scrolled, { passive: true });
    const scroller = room.current!;
    return () => {
      watch.disconnect();
      scroller.removeEventListener('scroll', scrolled);
    };
  }, []);

  // In another room the place that the hand was at means nothing any more.
  useLayoutEffect(() => layout.letGo(), [space.width, space.height]);

  useLayoutEffect(() => {
    picture.current!.style.imageRendering = isCrisp(placement) ? 'pixelated' : 'auto';
    layout.apply(placement, ratio);
    onPlacement(placement);
  }, [placement.width, placement.height, space.width, space.height, ratio]);

  return { room, sheet, picture, lens: layout };
}

/** Where the picture lies in the room, and what of it is to stay in view. */
class Layout implements Lens {
  readonly #room: RefObject<HTMLElement | null>;
  readonly #sheet: RefObject<HTMLElement | null>;
  #size: Size = { width: 1, height: 1 };
  #ratio = 1;
  #lie: Lie = { left: 0, top: 0, scrollLeft: 0, scrollTop: 0 };
  /**
   * What is in the middle, in fractions of the picture: as the person left it, and not as the last size of a
   * window allowed, so that a window made small and large again shows the same.
   */
  #middle = { u: 0.5, v: 0.5 };
  /** What a hand holds until the next layout. */
  #held: Anchor | undefined;
  #moves = 0;

  constructor(room: RefObject<HTMLElement | null>, sheet: RefObject<HTMLElement | null>) {
    this.#room = room;
    this.#sheet = sheet;
  }

  get moves(): number {
    return this.#moves;
  }

  apply(size: Size, ratio: number): void {
    this.#size = size;
    this.#ratio = ratio;
    const { style } = this.#sheet.current!;
    style.width = `${size.width}px`;
    style.height = `${size.height}px`;
    this.#settle();
    this.letGo();
  }

  letGo(): void {
    this.#held = undefined;
  }

  /** The room has been scrolled, by a person or by `#settle`. */
  scrolled(): void {
    const { scrollLeft, scrollTop } = this.#room.current!;
    // Browsers round to device pixels.
    const isOwn =
      Math.abs(scrollLeft - this.#lie.scrollLeft) <= 1 && Math.abs(scrollTop - this.#lie.scrollTop) <= 1;
    if (isOwn) return;
    this.#moves++;
    this.#lie = { ...this.#lie, scrollLeft, scrollTop };
    this.#remember();
  }

  at(clientX: number, clientY: number): Anchor {
    const { left, top } = this.#room.current!.getBoundingClientRect();
    const { scrollLeft, scrollTop } = this.#room.current!;
    return anchorAt(this.#size, { ...this.#lie, scrollLeft, scrollTop }, clientX - left, clientY - top);
  }

  bring(what: Anchor, clientX: number, clientY: number): void {
    const { left, top } = this.#room.current!.getBoundingClientRect();
    this.#held = { ...what, x: clientX - left, y: clientY - top };
    this.#settle();
  }

  pan(dx: number, dy: number): boolean {
    const room = this.#room.current!;
    if (this.#size.width <= room.clientWidth + 0.5 && this.#size.height <= room.clientHeight + 0.5)
      return false;
    room.scrollBy(-dx, -dy);
    return true;
  }

  #settle(): void {
    const room = this.#room.current!;
    const { style } = this.#sheet.current!;
    const space = { width: room.clientWidth, height: room.clientHeight };
    const middle = { ...this.#middle, x: space.width / 2, y: space.height / 2 };
    this.#lie = lay(this.#size, space, this.#held ?? middle, this.#ratio);
    style.left = `${this.#lie.left}px`;
    style.top = `${this.#lie.top}px`;
    room.scrollTo(this.#lie.scrollLeft, this.#lie.scrollTop);
    if (this.#held !== undefined) this.#remember();
  }

  #remember(): void {
    const { clientWidth, clientHeight } = this.#room.current!;
    const { u, v } = anchorAt(this.#size, this.#lie, clientWidth / 2, clientHeight / 2);
    this.#middle = { u, v };
  }
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
