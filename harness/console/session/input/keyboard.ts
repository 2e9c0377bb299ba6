/**
 * The keyboard's way to the host. The focus is in a text field that nobody sees, so that the browser's own
 * machinery (layouts, dead keys, input methods, virtual keyboards, the clipboard) makes the text; the field never
 * keeps any.
 *
 * A browser does not report every release, so what the host believes to be down is compared with every event's own
 * word on the modifiers, and keys of which only one half is reported are pressed and let go at once.
 */
import type { InputAction } from '../../../../engine/protocol/index.js';
import { HeldKeys, type Modifiers } from './held-keys.js';
import { codeOf, codeOfInputType, isPaste, isPhantomControl, isTap, meaningOf, splitText } from './keys.js';
import { type PaceTimer, TextPace } from './text-pace.js';

/** Longest text of one message on the wire, in UTF-8 bytes. */
const MAX_TEXT_BYTES = 256;

/** Longest text that is pasted at once, in UTF-8 bytes: two seconds at the pace of text. */
export const MAX_PASTE_BYTES = 256 * 1024;

/** Windows reports AltGr as ControlLeft and, in the same moment, AltRight: so long that is waited for. */
const ALTGR_MS = 50;

/** Who types does not notice at once that the keys go nowhere: pauses up to this belong to the same typing. */
const TYPING_MS = 2000;

/** Why a key or a text did not go to the host, for the page to say. */
export type KeyRefusal = 'lost' | 'no-text' | 'too-long' | 'cut-off';

export interface KeyboardOptions {
  /** Whether keys go to the host now. */
  active(): boolean;
  /** Whether keys that do not go to the host were meant for it: the control is wished for, and is not there. */
  interrupted(): boolean;
  send(action: InputAction, event: Event): void;
  /** What the page does with a key itself; undefined when it is none of the page's own. */
  own(event: KeyboardEvent): (() => void) | undefined;
  refused(why: KeyRefusal): void;
  readonly isMac: boolean;
}

export class Keyboard {
  readonly #options: KeyboardOptions;
  readonly #keys: HeldKeys;
  readonly #text: TextPace;
  /** The ControlLeft that may turn out to be half of AltGr, and what sends it if it does not. */
  #control: { readonly event: KeyboardEvent; readonly timer: ReturnType<typeof setTimeout> } | undefined;
  #isBlurred = false;
  /** What is sent now is sent because of it. */
  #cause: Event = new Event('none');
  /** When the last key was meant for the host, by the event's time; of nothing typed yet: long ago. */
  #typedAt = Number.NEGATIVE_INFINITY;

  constructor(field: HTMLTextAreaElement, options: KeyboardOptions, signal: AbortSignal, timer?: PaceTimer) {
    this.#options = options;
    const send = (action: InputAction) => options.send(action, this.#cause);
    this.#keys = new HeldKeys(send);
    this.#text = new TextPace({
      active: options.active,
      send,
      cutOff: () => options.refused('cut-off'),
      ...(timer === undefined ? {} : { after: timer }),
    });
    const on = { signal };
    const clear = () => {
      field.value = '';
    };
    field.addEventListener('keydown', (event) => this.#onDown(event), on);
    field.addEventListener('keyup', (event) => this.#onUp(event), on);
    field.addEventListener('beforeinput', (event) => this.#onText(event), on);
    field.addEventListener('paste', (event) => this.#onPaste(event), on);
    field.addEventListener(
      'compositionend',
      (event) => {
        this.#cause = event;
        this.#type(event.data);
        clear();
      },
      on,
    );
    field.addEventListener('input', (event) => !(event as InputEvent).isComposing && clear(), on);
    field.addEventListener('focus', () => this.#returned(), on);
    field.addEventListener(
      'blur',
      (event) => {
        this.#isBlurred = true;
        this.releaseAll(event);
      },
      on,
    );
    signal.addEventListener('abort', () => this.#dropControl());
  }

  /** Lets go of every key that the host believes to be down. */
  releaseAll(event: Event): void {
    this.#cause = event;
    this.#dropControl();
    this.#keys.releaseAll();
  }

  /** Compares what is down with what an event says; for events of the pointer, before they are sent. */
  compare(event: Event & Modifiers): void {
    this.#cause = event;
    this.#sendControl();
    this.#keys.compare(event);
    if (event.type === 'pointerdown') this.#returned();
  }

  /** The control was lost at `at` (as events count time), and not given up: what is typed now was meant for the host. */
  lost(at: number): void {
    this.#typedAt = Math.max(this.#typedAt, at);
  }

  #onDown(event: KeyboardEvent): void {
    this.#cause = event;
    const own = this.#swallows(event) ? undefined : this.#options.own(event);
    if (own !== undefined) {
      use(event);
      // The host lets go before the page does something that takes the keys from it.
      this.releaseAll(event);
      own();
      return;
    }
    if (!this.#options.active()) {
      this.#swallow(event);
      return;
    }
    this.#typedAt = event.timeStamp;
    if (this.#isBlurred && this.#isLate(event)) return;
    if (this.#foundAltGr(event)) return;
    this.#sendControl();
    this.#keys.compare(event);
    if (isPaste(event, this.#options.isMac)) {
      // The browser brings the text; the host must not hear of the keys that asked for it.
      this.#keys.lift();
      event.stopPropagation();
      return;
    }
    const meaning = meaningOf(event);
    if (meaning === 'text') return;
    use(event);
    if (meaning === 'ignore') return;
    if (event.code === 'ControlLeft' && !this.#keys.isHeld(event.code)) {
      this.#dropControl();
      this.#control = { event, timer: setTimeout(() => this.#sendControl(), ALTGR_MS) };
      return;
    }
    this.#press(event);
  }

  #press(event: KeyboardEvent): void {
    const code = codeOf(event);
    this.#inOrder(() => {
      if (isTap(event, this.#options.isMac)) this.#keys.tap(code);
      else this.#keys.press(code, event);
    });
  }

  #onUp(event: KeyboardEvent): void {
    this.#cause = event;
    const code = codeOf(event);
    this.#sendControl();
    const wasHeld = this.#keys.isHeld(code);
    if (wasHeld) event.preventDefault();
    this.#inOrder(() => {
      this.#cause = event;
      this.#keys.release(code);
      this.#keys.compare(event);
      // macOS reports no release of other keys while Command is held.
      if (wasHeld && event.key === 'Meta') this.#keys.releaseAll();
      // Windows reports the release of PrintScreen only, macOS the second press of CapsLock.
      const isHalf = code === 'PrintScreen' || (code === 'CapsLock' && this.#options.isMac);
      if (!wasHeld && isHalf && this.#options.active()) this.#keys.tap(code);
    });
  }

  #onText(event: InputEvent): void {
    this.#cause = event;
    // What an input method is still working on is not text yet; compositionend brings it.
    if (event.inputType === 'insertCompositionText' || event.isComposing) return;
    event.preventDefault();
    if (!this.#options.active()) return;
    this.#returned();
    const code = codeOfInputType(event.inputType);
    const text = event.data ?? event.dataTransfer?.getData('text/plain') ?? '';
    if (code !== undefined) this.#inOrder(() => this.#keys.tap(code));
    else if (/^insertFrom/.test(event.inputType)) this.#paste(text);
    else this.#type(text);
  }

  #onPaste(event: ClipboardEvent): void {
    this.#cause = event;
    event.preventDefault();
    event.stopPropagation();
    if (this.#options.active()) this.#paste(event.clipboardData?.getData('text/plain') ?? '');
  }

  #paste(pasted: string): void {
    const text = pasted.replace(/\r\n?/g, '\n');
    if (text === '') this.#options.refused('no-text');
    else if (new Blob([text]).size > MAX_PASTE_BYTES) this.#options.refused('too-long');
    else {
      this.#keys.lift();
      this.#type(text);
    }
  }

  #type(text: string): void {
    if (text === '' || !this.#options.active()) return;
    for (const piece of splitText(text, MAX_TEXT_BYTES)) this.#text.add({ kind: 'text', text: piece });
  }

  /** Now, or after the text that waits for its turn. */
  #inOrder(act: () => void): void {
    if (this.#text.isEmpty) act();
    else this.#text.afterwards(act);
  }

  // -- AltGr ------------------------------------------------------------------------------------------------

  /** Whether the press is AltGr, of which the ControlLeft before it is the phantom half: neither is a key. */
  #foundAltGr(event: KeyboardEvent): boolean {
    if (event.key !== 'AltGraph') return false;
    const waiting = this.#control;
    if (waiting !== undefined && isPhantomControl(waiting.event, event, ALTGR_MS)) this.#dropControl();
    else this.#sendControl();
    // What it makes comes as text. A host that is given text would read it with the key held down.
    use(event);
    return true;
  }

  #sendControl(): void {
    const waiting = this.#control;
    if (waiting === undefined) return;
    this.#dropControl();
    if (this.#options.active()) this.#press(waiting.event);
  }

  #dropControl(): void {
    clearTimeout(this.#control?.timer);
    this.#control = undefined;
  }

  // -- focus and control that come and go ------------------------------------------------------------------------

  #returned(): void {
    this.#isBlurred = false;
  }

  /** A press that was under way when the focus left: its release will never be told. */
  #isLate(event: KeyboardEvent): boolean {
    const chord = event.ctrlKey || event.altKey || event.metaKey || event.shiftKey;
    if (chord || !document.hasFocus()) return true;
    this.#returned();
    return false;
  }

  /** Whether a key is one more of those that were meant for the host. */
  #swallows(event: KeyboardEvent): boolean {
    if (this.#options.active() || !this.#options.interrupted()) return false;
    if (event.ctrlKey && event.altKey && event.shiftKey) return false;
    return event.timeStamp - this.#typedAt <= TYPING_MS;
  }

  #swallow(event: KeyboardEvent): void {
    if (!this.#swallows(event)) return;
    this.#typedAt = event.timeStamp;
    use(event);
    this.#options.refused('lost');
  }
}

/** The key is used: neither the browser nor the page around does anything with it. */
function use(event: KeyboardEvent): void {
  event.preventDefault();
  event.stopPropagation();
}
