/**
 * All keys for the page, in full screen: the Keyboard Lock API, which Chromium has over https and on this machine. The
 * browser leaves full screen when Escape is held.
 */
interface KeyboardLock {
  lock(): Promise<void>;
  unlock(): void;
}

/** Whether the page gets all keys from now on. */
export async function lockKeyboard(): Promise<boolean> {
  const keyboard = keyboardLock();
  if (keyboard === undefined) return false;
  return keyboard.lock().then(
    () => true,
    () => false,
  );
}

export function unlockKeyboard(): void {
  keyboardLock()?.unlock();
}

function keyboardLock(): KeyboardLock | undefined {
  const { keyboard } = navigator as { keyboard?: Partial<KeyboardLock> };
  return keyboard?.lock === undefined || keyboard.unlock === undefined
    ? undefined
    : (keyboard as KeyboardLock);
}
