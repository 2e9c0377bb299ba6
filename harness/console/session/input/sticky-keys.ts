/**
 * Keys of the row on the screen, where a finger cannot hold one while another presses the next. A modifier that is
 * tapped holds for the next key or click, tapped twice it is locked until it is tapped again. All that goes to the
 * host passes here, so that what comes from the keyboard on the screen and from the pointer has the modifiers too.
 */
import type { Clock, Micros } from '../../../../engine/clock.js';
import type { InputAction } from '../../../../engine/protocol/index.js';
import { codeOfCharacter } from './keys.js';

export const MODIFIER_KEYS = ['ControlLeft', 'AltLeft', 'ShiftLeft', 'MetaLeft'] as const;
export type ModifierKey = (typeof MODIFIER_KEYS)[number];
export type Stickiness = 'next' | 'locked';

/** A second tap within this time locks. */
export const LOCK_TIME: Micros = 400_000;

export interface StickyKeysOptions {
  readonly clock: Clock;
  send(action: InputAction, at: Micros): void;
  /** What holds has changed. */
  changed(): void;
}

export class StickyKeys {
  readonly #options: StickyKeysOptions;
  readonly #held = new Map<ModifierKey, { stickiness: Stickiness; readonly since: Micros }>();
  #buttons = 0;

  constructor(options: StickyKeysOptions) {
    this.#options = options;
  }

  stickinessOf(key: ModifierKey): Stickiness | undefined {
    return this.#held.get(key)?.stickiness;
  }

  /** A modifier of the row is tapped; `at` is when, on the host link's clock. */
  tapModifier(key: ModifierKey, at: Micros): void {
    const held = this.#held.get(key);
    const now = this.#options.clock.now();
    if (held === undefined) {
      this.#held.set(key, { stickiness: 'next', since: now });
      this.#options.send({ kind: 'key', code: key, down: true }, at);
    } else if (held.stickiness === 'next' && now - held.since <= LOCK_TIME) held.stickiness = 'locked';
    else this.#lift(key, at);
    this.#options.changed();
  }

  /** Any other key of the row is tapped. */
  tapKey(code: string, at: Micros): void {
    this.pass({ kind: 'key', code, down: true }, at);
    this.pass({ kind: 'key', code, down: false }, at);
  }

  /** What keyboard and pointer send to the host. */
  pass(action: InputAction, at: Micros): void {
    if (this.#held.size === 0) {
      this.#options.send(action, at);
      if (action.kind === 'pointer') this.#buttons = action.buttons;
      return;
    }
    if (action.kind === 'text') this.#pressKeysOf(action.text, at);
    else this.#options.send(action, at);
    if (action.kind === 'text' || (action.kind === 'key' && !action.down)) this.#used(at);
    if (action.kind === 'pointer') {
      const wasDown = this.#buttons !== 0;
      this.#buttons = action.buttons;
      if (wasDown && action.buttons === 0) this.#used(at);
    }
  }

  /** The row has gone, or the control: nothing holds any more. */
  releaseAll(at: Micros): void {
    if (this.#held.size === 0) return;
    for (const key of [...this.#held.keys()].reverse()) this.#lift(key, at);
    this.#options.changed();
  }

  /** A host makes shortcuts of keys, not of text; Shift alone makes text, and that in capitals. */
  #pressKeysOf(text: string, at: Micros): void {
    if (this.#held.size === 1 && this.#held.has('ShiftLeft')) {
      this.#options.send({ kind: 'text', text: text.toUpperCase() }, at);
      return;
    }
    for (const character of text) {
      const code = codeOfCharacter(character);
      if (code === undefined) this.#options.send({ kind: 'text', text: character }, at);
      else {
        this.#options.send({ kind: 'key', code, down: true }, at);
        this.#options.send({ kind: 'key', code, down: false }, at);
      }
    }
  }

  /** What held for the next key has had it. */
  #used(at: Micros): void {
    const used = [...this.#held].filter(([, { stickiness }]) => stickiness === 'next');
    if (used.length === 0) return;
    for (const [key] of used.reverse()) this.#lift(key, at);
    this.#options.changed();
  }

  #lift(key: ModifierKey, at: Micros): void {
    this.#held.delete(key);
    this.#options.send({ kind: 'key', code: key, down: false }, at);
  }
}
