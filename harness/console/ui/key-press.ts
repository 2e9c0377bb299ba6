/** What presses of keys mean that are the page's own. */
import type { Say } from '../messages.js';

export type Press = Pick<KeyboardEvent, 'key' | 'code' | 'ctrlKey' | 'altKey' | 'shiftKey' | 'metaKey'>;

/** Whether all three modifiers of the page's own keys are down. */
export function hasModifiers(press: Press): boolean {
  return press.ctrlKey && press.altKey && press.shiftKey && !press.metaKey;
}

/** Ctrl+Z, or Cmd+Z. */
export function isUndo(press: Press): boolean {
  const isCommand = press.ctrlKey !== press.metaKey;
  return isCommand && !press.altKey && !press.shiftKey && letterOf(press) === 'Z';
}

/** A shortcut in words: its modifiers and its key. */
export function chordOf(say: Say, key: string): string {
  return `${say('keys.modifiers')}+${key}`;
}

/** The letter on the key in the layout in use; with modifiers that change it, the one of its place. */
export function letterOf(press: Press): string {
  const digit = /^(?:Digit|Numpad)(\d)$/.exec(press.code);
  if (digit !== null) return digit[1] ?? '';
  if (press.code === 'NumpadAdd') return '+';
  if (press.code === 'NumpadSubtract') return '-';
  if (/^[a-z]$/i.test(press.key)) return press.key.toUpperCase();
  if (press.key === '+' || press.key === '=' || press.code === 'Equal') return '+';
  if (press.key === '-' || press.key === '_' || press.code === 'Minus') return '-';
  return /^Key([A-Z])$/.exec(press.code)?.[1] ?? '';
}
