/** Keys that a browser or the technician's own system keeps to itself, to be sent from a menu. */
import type { InputAction } from '../../../../engine/protocol/index.js';

/** Each by its id, with W3C codes in the order in which they go down. */
export const CHORDS = {
  'ctrl-alt-del': ['ControlLeft', 'AltLeft', 'Delete'],
  escape: ['Escape'],
  windows: ['MetaLeft'],
  'alt-tab': ['AltLeft', 'Tab'],
  'alt-f4': ['AltLeft', 'F4'],
  print: ['PrintScreen'],
  'ctrl-w': ['ControlLeft', 'KeyW'],
  'ctrl-t': ['ControlLeft', 'KeyT'],
  'ctrl-n': ['ControlLeft', 'KeyN'],
  'ctrl-shift-escape': ['ControlLeft', 'ShiftLeft', 'Escape'],
} as const satisfies Readonly<Record<string, readonly string[]>>;

export type ChordName = keyof typeof CHORDS;

export const CHORD_NAMES = Object.keys(CHORDS) as readonly ChordName[];

/** All keys down, and up again the other way round: nothing stays pressed. */
export function actionsOf(name: ChordName): InputAction[] {
  const codes: readonly string[] = CHORDS[name];
  return [
    ...codes.map((code) => ({ kind: 'key', code, down: true }) as const),
    ...codes.toReversed().map((code) => ({ kind: 'key', code, down: false }) as const),
  ];
}
