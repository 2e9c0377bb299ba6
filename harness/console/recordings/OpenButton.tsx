/** Opens recordings: the button, and what the browser picks files with. */
import type { RefObject } from 'preact';
import { useRef } from 'preact/hooks';
import { FolderIcon } from '../ui/icons.js';
import type { RecordingsController } from './controller.js';

/** A button that lets the person pick files. */
export function OpenButton({ controller }: { readonly controller: RecordingsController }) {
  const { say } = controller;
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <button
        type="button"
        class="button main"
        id="open-main"
        title={say('recordings.open.hint')}
        onClick={() => input.current!.click()}
      >
        <FolderIcon />
        <span class="text">{say('recordings.open')}</span>
      </button>
      <FileInput controller={controller} input={input} />
    </>
  );
}

interface FileInputProps {
  readonly controller: RecordingsController;
  readonly input: RefObject<HTMLInputElement | null>;
}

/** What the browser picks files with: clicked by a button. */
export function FileInput({ controller, input }: FileInputProps) {
  return (
    <input
      ref={input}
      class="file"
      type="file"
      multiple
      accept=".rcrec"
      tabIndex={-1}
      aria-hidden="true"
      onChange={(event) => {
        const files = [...(event.currentTarget.files ?? [])];
        // The same file may be picked again.
        event.currentTarget.value = '';
        if (files.length > 0) controller.add(files);
      }}
    />
  );
}
