/** Where the host's screen is seen and touched: two canvases that the worker paints, and what the hands do. */
import type { RefObject } from 'preact';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { systemClock } from '../../../engine/clock.js';
import type { InputAction } from '../../../engine/protocol/index.js';
import { type Controller, now } from './controller.js';
import type { Place } from './input/gestures.js';
import { Keyboard } from './input/keyboard.js';
import { Pointer } from './input/pointer.js';
import { type ConsoleState, isInterrupted, noticeOf, reachesHost, sizeOf } from './state.js';
import { type Placement, place } from './view/mapping.js';
import { useSheet } from './view/sheet.js';
import { Zooming } from './zooming.js';

export interface StageProps {
  readonly controller: Controller;
  readonly state: ConsoleState;
  /** The canvases are in the page: they may be given to the worker. Called once. */
  onCanvases(picture: HTMLCanvasElement, overlay: HTMLCanvasElement): void;
  onPlacement(placement: Placement): void;
  /** What a key of the page's own does; undefined when it is none. */
  onKey(event: KeyboardEvent): (() => void) | undefined;
  /** What keyboard and pointer do, on its way to the host; `at` in microseconds. */
  onInput(action: InputAction, at: number): void;
  /** Everything that is held is to be let go of. */
  onLetGo(): void;
  /** Whether the keyboard on the screen is wanted. */
  readonly typing: boolean;
  /** The field that takes the keys. */
  readonly field: RefObject<HTMLTextAreaElement | null>;
}

export function Stage(props: StageProps) {
  const { controller, state, field } = props;
  const { say } = controller;
  const overlay = useRef<HTMLCanvasElement>(null);
  const keys = useRef<Keyboard>(undefined);
  const latest = useRef(props);
  latest.current = props;

  const reaches = reachesHost(state);
  const placement = useRef<Placement>({ width: 1, height: 1, scaleX: 1, scaleY: 1 });
  const { room, sheet, picture, lens } = useSheet(state.view, sizeOf(state), (next) => {
    placement.current = next;
    props.onPlacement(next);
  });
  const hands = useRef<Pointer | undefined>(undefined);
  const [hold, setHold] = useState<(Place & { readonly isLong: boolean }) | undefined>(undefined);

  useEffect(() => {
    props.onCanvases(picture.current!, overlay.current!);
  }, []);

  useEffect(() => {
    const stop = new AbortController();
    const stateNow = () => latest.current.controller.state;
    const at = (event: Event | undefined) =>
      event === undefined ? now() : (performance.timeOrigin + event.timeStamp) * 1000 || now();
    const view = new Zooming(lens, {
      shown: () => {
        const { mode, zoom } = stateNow().view;
        return mode === 'zoom' ? zoom : placement.current.scaleX * 100;
      },
      fitted: () => {
        const { clientWidth: width, clientHeight: height } = room.current!.parentElement!;
        const size = sizeOf(stateNow()) ?? { width: 1, height: 1 };
        return place({ mode: 'fit', zoom: 100 }, size, { width, height }, devicePixelRatio).scaleX * 100;
      },
      zoom: (percent) => controller.zoomTo(percent),
      fit: () => controller.fit(),
    });
    let ctrl = false;
    const modifiers = (event: KeyboardEvent) => {
      ctrl = event.ctrlKey;
    };
    const early = { signal: stop.signal, capture: true };
    window.addEventListener('keydown', modifiers, early);
    window.addEventListener('keyup', modifiers, early);
    const keyboard = new Keyboard(
      field.current!,
      {
        active: () => reachesHost(stateNow()),
        interrupted: () => isInterrupted(stateNow()),
        send: (action, event) => latest.current.onInput(action, at(event)),
        own: (event) => latest.current.onKey(event),
        refused: (why) => controller.tell(say(`say.keys.${why}`)),
        isMac: /mac|iphone|ipad/i.test(navigator.platform),
      },
      stop.signal,
    );
    keys.current = keyboard;
    for (const type of ['pointerdown', 'pointermove', 'pointerup', 'wheel'] as const) {
      // Before the pointer's own events are sent: the host must not see a click with a key that is not down.
      const on = { signal: stop.signal, capture: true, passive: true };
      room.current!.addEventListener(type, (event) => keyboard.compare(event), on);
    }
    const pointer = new Pointer(
      sheet.current!,
      room.current!,
      {
        clock: systemClock,
        nextFrame: (run) => {
          const request = requestAnimationFrame(run);
          return () => cancelAnimationFrame(request);
        },
        view,
        ctrlIsDown: () => ctrl,
        own: (event) => keyboard.releaseAll(event),
        hold: (at, isLong) => {
          const { left, top } = room.current!.getBoundingClientRect();
          setHold(at === undefined ? undefined : { x: at.x - left, y: at.y - top, isLong });
        },
        picture: () => sizeOf(stateNow()),
        box: () => sheet.current!.getBoundingClientRect(),
        tool: () => stateNow().tool,
        active: () => reachesHost(stateNow()),
        input: (action, event) => latest.current.onInput(action, at(event)),
        overlay: (message, event) => controller.overlay(message, at(event)),
        idlePress: () => stateNow().seen && controller.tell(say('stage.help')),
      },
      stop.signal,
    );
    hands.current = pointer;
    const letGo = (event: Event) => {
      ctrl = false;
      keyboard.releaseAll(event);
      pointer.release(event);
      latest.current.onLetGo();
    };
    window.addEventListener('blur', letGo, { signal: stop.signal });
    document.addEventListener('visibilitychange', (event) => document.hidden && letGo(event), {
      signal: stop.signal,
    });
    const focus = (event: PointerEvent) => {
      // A tap on the picture is not a wish for the keyboard on the screen.
      const isTap = event.pointerType === 'touch' && !latest.current.typing;
      field.current!.inputMode = isTap ? 'none' : '';
      field.current!.focus({ preventScroll: true });
    };
    sheet.current!.addEventListener('pointerdown', focus, { signal: stop.signal });
    // A press would take the focus to the page's body, and the keys that follow it with it.
    sheet.current!.addEventListener('mousedown', (event) => event.preventDefault(), { signal: stop.signal });
    return () => stop.abort();
  }, []);

  // What was begun with one tool, or in control, does not go on with another.
  useLayoutEffect(() => hands.current?.release(), [reaches, state.tool]);

  // Taking control or a tool means: the next key and click are meant for the screen.
  useLayoutEffect(() => {
    if (reaches) field.current!.focus({ preventScroll: true });
    else if (isInterrupted(state)) keys.current?.lost(performance.now());
  }, [reaches]);

  const scrolls = state.view.mode === 'actual' || state.view.mode === 'zoom';
  const kind = reaches ? 'controls' : state.tool;
  return (
    <main class={`stage ${kind}`} id="stage">
      {noticeOf(state) === undefined && (
        <h1 class="unseen">{say('stage.label', { host: state.viewer.hostName })}</h1>
      )}
      <div class={`room ${scrolls ? 'scrolls' : ''}`} ref={room}>
        <div class={`sheet ${state.seen ? 'seen' : ''}`} id="sheet" ref={sheet}>
          <canvas
            id="picture"
            width={1}
            height={1}
            ref={picture}
            role="img"
            aria-label={
              state.viewer.hostName === ''
                ? say('stage.waiting')
                : say('stage.label', { host: state.viewer.hostName })
            }
          />
          <canvas id="overlay" width={1} height={1} ref={overlay} />
        </div>
      </div>
      {hold !== undefined && (
        <span
          class={`press-ring ${hold.isLong ? 'long' : ''}`}
          aria-hidden="true"
          style={{ left: `${hold.x}px`, top: `${hold.y}px` }}
        />
      )}
      <textarea
        id="keyboard"
        ref={field}
        aria-label={say('stage.keyboard')}
        aria-description={say('stage.help')}
        autocomplete="off"
        autocorrect="off"
        autocapitalize="off"
        spellcheck={false}
        rows={1}
        onKeyDown={(event) => !reaches && scroll(event, room.current!)}
      />
    </main>
  );
}

/** How far an arrow key scrolls, in CSS pixels. */
const SCROLL_STEP = 60;

function scroll(event: KeyboardEvent, room: HTMLElement): void {
  const page = room.clientHeight * 0.9;
  const steps: Readonly<Record<string, readonly [number, number]>> = {
    ArrowLeft: [-SCROLL_STEP, 0],
    ArrowRight: [SCROLL_STEP, 0],
    ArrowUp: [0, -SCROLL_STEP],
    ArrowDown: [0, SCROLL_STEP],
    PageUp: [0, -page],
    PageDown: [0, page],
    Home: [0, -room.scrollHeight],
    End: [0, room.scrollHeight],
  };
  const step = steps[event.key];
  if (step === undefined || event.ctrlKey || event.altKey || event.metaKey) return;
  event.preventDefault();
  room.scrollBy(step[0], step[1]);
}
