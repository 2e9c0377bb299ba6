/** Files may be dropped anywhere on the page: they are opened as recordings. */
import { useEffect, useRef, useState } from 'preact/hooks';
import type { Say } from '../messages.js';
import { FilmIcon } from '../ui/icons.js';

export function DropTarget({ say, onFiles }: { readonly say: Say; onFiles(files: File[]): void }) {
  const [over, setOver] = useState(false);
  const latest = useRef(onFiles);
  latest.current = onFiles;

  useEffect(() => {
    const stop = new AbortController();
    const on = { signal: stop.signal };
    document.addEventListener(
      'dragover',
      (event) => {
        if (!hasFiles(event)) return;
        event.preventDefault();
        setOver(true);
      },
      on,
    );
    // Within the page there is always an element that is entered instead; outside of it there is none.
    document.addEventListener('dragleave', (event) => event.relatedTarget === null && setOver(false), on);
    document.addEventListener(
      'drop',
      (event) => {
        if (!hasFiles(event)) return;
        event.preventDefault();
        setOver(false);
        const files = [...(event.dataTransfer?.files ?? [])];
        if (files.length > 0) latest.current(files);
      },
      on,
    );
    return () => stop.abort();
  }, []);

  if (!over) return null;
  return (
    <div class="drop" aria-hidden="true">
      <FilmIcon />
      {say('recordings.drop')}
    </div>
  );
}

function hasFiles(event: DragEvent): boolean {
  return event.dataTransfer?.types.includes('Files') ?? false;
}
