/** The keys that the host believes to be down, and what every event of the browser says of them. */
import type { InputAction } from '../../../../engine/protocol/index.js';

/** What events of keyboard and pointer say of the modifiers. */
export interface Modifiers {
  readonly ctrlKey: boolean;
  readonly altKey: boolean;
  readonly shiftKey: boolean;
  readonly metaKey: boolean;
}

type Flag = keyof Modifiers;

export class HeldKeys {
  readonly #send: (action: InputAction) => void;
  readonly #down = new Set<string>();
  /** Modifiers that the technician holds and the host does not, since they asked for something of the browser. */
  readonly #lifted = new Set<string>();

  constructor(send: (action: InputAction) => void) {
    this.#send = send;
  }

  isHeld(code: string): boolean {
    return this.#down.has(code);
  }

  press(code: string, says: Modifiers): void {
    for (const lifted of this.#lifted) {
      // AltGr's phantom aside, who still holds Ctrl means it for the next key, too.
      if (says[flagOf(lifted)!] && lifted !== code) this.#set(lifted, true);
    }
    this.#lifted.clear();
    this.#set(code, true);
  }

  release(code: string): void {
    this.#lifted.delete(code);
    if (this.#down.has(code)) this.#set(code, false);
  }

  /** Down and up at once. */
  tap(code: string): void {
    this.#set(code, true);
    this.#set(code, false);
  }

  /** Lets go of every key, for the moment as far as modifiers go. */
  lift(): void {
    for (const code of [...this.#down].reverse()) {
      if (flagOf(code) !== undefined) this.#lifted.add(code);
      this.#set(code, false);
    }
  }

  releaseAll(): void {
    this.#lifted.clear();
    for (const code of [...this.#down].reverse()) this.#set(code, false);
  }

  /**
   * Lets go of modifiers that are not down, as the event says. Where one was let go unnoticed, other keys may have
   * been: those that still are down repeat themselves.
   */
  compare(says: Modifiers): void {
    const missed = [...this.#down].filter((code) => isUp(code, says));
    if (missed.length === 0) return;
    for (const code of [...this.#down].reverse()) {
      if (flagOf(code) === undefined || missed.includes(code)) this.#set(code, false);
    }
  }

  #set(code: string, down: boolean): void {
    if (down) this.#down.add(code);
    else this.#down.delete(code);
    this.#send({ kind: 'key', code, down });
  }
}

function isUp(code: string, says: Modifiers): boolean {
  const flag = flagOf(code);
  return flag !== undefined && !says[flag];
}

/** What events call the modifier that a key is; undefined when it is none. */
function flagOf(code: string): Flag | undefined {
  switch (code) {
    case 'ControlLeft':
    case 'ControlRight':
      return 'ctrlKey';
    case 'AltLeft':
    case 'AltRight':
      return 'altKey';
    case 'ShiftLeft':
    case 'ShiftRight':
      return 'shiftKey';
    case 'MetaLeft':
    case 'MetaRight':
    case 'OSLeft':
    case 'OSRight':
      return 'metaKey';
    default:
      return undefined;
  }
}
