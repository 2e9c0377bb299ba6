/**
 * What one technician holds down: keys, and the pointer's buttons. Bounded, since whoever presses keys that do not
 * exist would otherwise fill memory.
 */
import type { InputAction } from './input.js';

/** More keys than hands and elbows press at once; beyond them the key that was pressed first is let go. */
export const MAX_HELD_KEYS = 32;

type KeyAction = Extract<InputAction, { kind: 'key' }>;
type PointerAction = Extract<InputAction, { kind: 'pointer' }>;

export class Held {
  readonly #keys = new Set<string>();
  #buttons = 0;
  #x = 0;
  #y = 0;

  get isEmpty(): boolean {
    return this.#keys.size === 0 && this.#buttons === 0;
  }

  /** Whether the action lets go of something that is held. */
  lets(action: InputAction): boolean {
    if (action.kind === 'key') return !action.down && this.#keys.has(action.code);
    return action.kind === 'pointer' && (this.#buttons & ~action.buttons) !== 0;
  }

  /** Whether the action presses or lets go of nothing: the pointer has moved, at most. */
  isMove(action: InputAction): boolean {
    return action.kind === 'pointer' && action.buttons === this.#buttons;
  }

  /** Takes an action in. The answer is a key that must be let go, because more are held than may be. */
  take(action: InputAction): KeyAction | undefined {
    if (action.kind === 'pointer') {
      this.#buttons = action.buttons;
      this.#x = action.x;
      this.#y = action.y;
    } else if (action.kind === 'key') {
      if (!action.down) this.#keys.delete(action.code);
      else if (!this.#keys.has(action.code)) return this.#press(action.code);
    }
    return undefined;
  }

  /** Forgets everything; the answers let go of it, keys in the reverse order of their presses. */
  letGo(): (KeyAction | PointerAction)[] {
    const actions: (KeyAction | PointerAction)[] = [];
    for (const code of [...this.#keys].reverse()) actions.push({ kind: 'key', code, down: false });
    if (this.#buttons !== 0) actions.push({ kind: 'pointer', x: this.#x, y: this.#y, buttons: 0 });
    this.clear();
    return actions;
  }

  clear(): void {
    this.#keys.clear();
    this.#buttons = 0;
  }

  #press(code: string): KeyAction | undefined {
    this.#keys.add(code);
    if (this.#keys.size <= MAX_HELD_KEYS) return undefined;
    const [first] = this.#keys;
    this.#keys.delete(first!);
    return { kind: 'key', code: first!, down: false };
  }
}
