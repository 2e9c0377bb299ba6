/**
 * The keyboard's way to the host. The focus is in a text field that nobody sees, so that the browser's own
 * machinery (layouts, dead keys, input methods, virtual keyboards) makes the text; the field never keeps any.
 */
import type { InputAction } from '../../../engine/protocol/index.js';
import { codeOf, codeOfInputType, meaningOf, splitText } from './keys.js';

/** Longest text of one message on the wire, in UTF-8 bytes. */
const MAX_TEXT_BYTES = 256;

export interface KeyboardOptions {
  /** Whether keys go to the host now. */
  active(): boolean;
  send(action: InputAction, event: Event): void;
  /** A key that does not go to the host; true when the page has used it. */
  own(event: KeyboardEvent): boolean;
}

export class Keyboard {
  readonly #options: KeyboardOptions;
  readonly #down = new Set<string>();

  constructor(field: HTMLTextAreaElement, options: KeyboardOptions, signal: AbortSignal) {
    this.#options = options;
    const on = { signal };
    const clear = () => {
      field.value = '';
    };
    field.addEventListener('keydown', (event) => this.#onDown(event), on);
    field.addEventListener('keyup', (event) => this.#onUp(event), on);
    field.addEventListener('beforeinput', (event) => this.#onText(event), on);
    field.addEventListener(
      'compositionend',
      (event) => {
        this.#type(event.data, event);
        clear();
      },
      on,
    );
    field.addEventListener('input', (event) => !(event as InputEvent).isComposing && clear(), on);
    field.addEventListener('blur', (event) => this.releaseAll(event), on);
  }

  /** Lets go of every key that the host believes to be down. */
  releaseAll(event: Event): void {
    for (const code of this.#down) this.#options.send({ kind: 'key', code, down: false }, event);
    this.#down.clear();
  }

  #onDown(event: KeyboardEvent): void {
    if (this.#options.own(event)) {
      event.preventDefault();
      event.stopPropagation();
      this.releaseAll(event);
      return;
    }
    if (!this.#options.active()) return;
    const meaning = meaningOf(event);
    if (meaning === 'text') return;
    event.preventDefault();
    event.stopPropagation();
    if (meaning === 'ignore') return;
    const code = codeOf(event);
    this.#down.add(code);
    this.#options.send({ kind: 'key', code, down: true }, event);
  }

  #onUp(event: KeyboardEvent): void {
    const code = codeOf(event);
    if (!this.#down.delete(code)) return;
    event.preventDefault();
    this.#options.send({ kind: 'key', code, down: false }, event);
    // macOS reports no release of other keys while Command is held.
    if (event.key === 'Meta') this.releaseAll(event);
  }

  #onText(event: InputEvent): void {
    // What an input method is still working on is not text yet; compositionend brings it.
    if (event.inputType === 'insertCompositionText' || event.isComposing) return;
    event.preventDefault();
    if (!this.#options.active()) return;
    const code = codeOfInputType(event.inputType);
    if (code !== undefined) {
      this.#options.send({ kind: 'key', code, down: true }, event);
      this.#options.send({ kind: 'key', code, down: false }, event);
      return;
    }
    this.#type(event.data ?? event.dataTransfer?.getData('text/plain') ?? '', event);
  }

  #type(text: string, event: Event): void {
    if (text === '' || !this.#options.active()) return;
    for (const piece of splitText(text, MAX_TEXT_BYTES))
      this.#options.send({ kind: 'text', text: piece }, event);
  }
}
