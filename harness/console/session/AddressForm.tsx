/** The page without a session: a field for its address, and the way to what needs none. */
import { useId, useRef, useState } from 'preact/hooks';
import { parseAddress } from '../../../engine/viewer/address.js';
import type { Say } from '../messages.js';

interface AddressFormProps {
  readonly say: Say;
  onRecordings(): void;
}

export function AddressForm({ say, onRecordings }: AddressFormProps) {
  const field = useRef<HTMLInputElement>(null);
  const [isWrong, setWrong] = useState(false);
  const fieldId = useId();
  const isDamaged = location.hash.length > 1;
  const open = (event: Event) => {
    event.preventDefault();
    const address = completed(field.current!.value);
    setWrong(address === undefined);
    // The same page with another part after # is loaded anew by the page itself.
    if (address === undefined) field.current!.focus();
    else location.assign(address);
  };
  return (
    <div class="scrim">
      <div class="notice" role="status" data-notice="incomplete">
        <h1>{say(isDamaged ? 'notice.incomplete' : 'notice.none')}</h1>
        <p>{say(isDamaged ? 'notice.incomplete.more' : 'notice.none.more')}</p>
        <form class="address-form" onSubmit={open}>
          <label for={fieldId}>{say('address.field')}</label>
          <input
            type="text"
            id={fieldId}
            ref={field}
            autocomplete="off"
            spellcheck={false}
            placeholder="https://…/#…"
            aria-invalid={isWrong}
            onInput={() => setWrong(false)}
          />
          <button type="submit" class="button main" id="open-address">
            {say('address.open')}
          </button>
        </form>
        {isWrong && (
          <p class="wrong" role="alert">
            {say('address.wrong')}
          </p>
        )}
        <p>{say('address.recordings')}</p>
        <button type="button" class="button" id="to-recordings" onClick={onRecordings}>
          {say('tab.recordings')}
        </button>
      </div>
    </div>
  );
}

/** The address of a page that shows the session; a token alone is of this relay's. */
function completed(text: string): string | undefined {
  const typed = text.trim();
  for (const address of [typed, new URL(`#${typed}`, location.href).href]) {
    try {
      parseAddress(address);
      return address;
    } catch {
      // Perhaps the other way.
    }
  }
  return undefined;
}
