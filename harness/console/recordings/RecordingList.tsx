/** The list of recordings, and what can be done with each. */
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import { MAX_NAME } from '../kept-recordings.js';
import { DownloadIcon, FilmIcon, PencilIcon, PlayIcon, TrashIcon, WarningIcon } from '../ui/icons.js';
import { sizeInWords, timeInWords } from '../ui/units.js';
import type { RecordingsController } from './controller.js';
import { type Entry, isGrowing, type LibraryState } from './library.js';
import { OpenButton } from './OpenButton.js';
import { dateInWords, faultInWords } from './words.js';

interface ListProps {
  readonly controller: RecordingsController;
  readonly library: LibraryState;
}

export function RecordingList({ controller, library }: ListProps) {
  const { say } = controller;
  const { entries, storage, denied } = library;
  return (
    <main class="library" aria-label={say('tab.recordings')}>
      {entries.length === 0 ? (
        <div class="notice empty">
          <span class="picture" aria-hidden="true">
            <FilmIcon />
          </span>
          <h1>{say('recordings.empty')}</h1>
          <p>{say('recordings.empty.more')}</p>
          <OpenButton controller={controller} />
        </div>
      ) : (
        <>
          <h1 class="unseen">{say('tab.recordings')}</h1>
          <ul class="entries">
            {entries.map((entry) => (
              <Row key={entry.id} controller={controller} entry={entry} />
            ))}
          </ul>
        </>
      )}
      <p class="storage hint" role="status">
        {denied !== undefined
          ? say('recordings.denied', { reason: denied })
          : storage !== undefined &&
            say('recordings.storage', {
              used: sizeInWords(say, storage.used),
              quota: sizeInWords(say, storage.quota),
            })}
      </p>
    </main>
  );
}

type Doing = 'nothing' | 'renaming' | 'deleting';

function Row({ controller, entry }: { controller: RecordingsController; entry: Entry }) {
  const { say } = controller;
  const { id, name, kept, summary, fault } = entry;
  const [doing, setDoing] = useState<Doing>('nothing');
  const growing = isGrowing(entry);
  const playable = summary !== undefined && !growing;
  return (
    <li class="entry" data-name={name}>
      {doing === 'renaming' ? (
        <NameField
          label={say('recordings.rename', { name })}
          name={name}
          onDone={(wished) => {
            setDoing('nothing');
            if (wished !== undefined) void controller.rename(id, wished);
          }}
        />
      ) : (
        <button
          type="button"
          class="play"
          disabled={!playable}
          title={say('recordings.play', { name })}
          onClick={() => controller.open(id)}
        >
          <span class="mark" aria-hidden="true">
            {fault === undefined || growing ? <PlayIcon /> : <WarningIcon />}
          </span>
          <span class="words">
            <span class="name">{name}</span>
            <Origin controller={controller} entry={entry} />
          </span>
        </button>
      )}
      <span class="figure length">{summary !== undefined && timeInWords(summary.duration)}</span>
      <span class="figure size">{sizeInWords(say, entry.file.size)}</span>
      {doing === 'deleting' ? (
        <span class="actions">
          <button
            type="button"
            class="button alert on"
            data-action="confirm"
            onClick={() => void controller.remove(id)}
          >
            {say('recordings.delete.sure')}
          </button>
          <button type="button" class="button" onClick={() => setDoing('nothing')}>
            {say('cancel')}
          </button>
        </span>
      ) : (
        <span class="actions">
          <RowAction
            name="download"
            title={say('recordings.download.one', { name })}
            onClick={() => controller.save(id)}
          >
            <DownloadIcon />
          </RowAction>
          {kept !== undefined && (
            <RowAction
              name="rename"
              title={say('recordings.rename', { name })}
              disabled={growing}
              onClick={() => setDoing('renaming')}
            >
              <PencilIcon />
            </RowAction>
          )}
          <RowAction
            name="delete"
            title={say(kept === undefined ? 'recordings.forget' : 'recordings.delete', { name })}
            disabled={growing}
            // What was only opened here is not deleted: no question is asked.
            onClick={() => (kept === undefined ? void controller.remove(id) : setDoing('deleting'))}
          >
            <TrashIcon />
          </RowAction>
        </span>
      )}
    </li>
  );
}

/** Where it comes from, or what is wrong with it. */
function Origin({ controller, entry }: { controller: RecordingsController; entry: Entry }) {
  const { say } = controller;
  const { summary, fault } = entry;
  if (isGrowing(entry)) return <span class="hint now">{say('recordings.busy')}</span>;
  if (fault !== undefined) return <span class="hint bad">{faultInWords(say, fault)}</span>;
  if (summary === undefined) return <span class="hint">{say('recordings.reading')}</span>;
  const date = dateInWords(summary.startedAt, document.documentElement.lang);
  return (
    <span class="hint">
      {[summary.session, summary.host, date].filter((word) => word !== '').join(' · ')}
      {!summary.complete && <span class="bad"> · {say('recordings.unfinished')}</span>}
    </span>
  );
}

interface RowActionProps {
  readonly name: string;
  readonly title: string;
  readonly disabled?: boolean;
  readonly children: preact.ComponentChildren;
  onClick(): void;
}

function RowAction({ name, title, disabled, children, onClick }: RowActionProps) {
  return (
    <button
      type="button"
      class="button"
      data-action={name}
      title={title}
      aria-label={title}
      disabled={disabled}
      onClick={onClick}
    >
      {children}
    </button>
  );
}

interface NameFieldProps {
  readonly label: string;
  readonly name: string;
  /** Undefined when it was given up. */
  onDone(wished: string | undefined): void;
}

/** Enter and leaving take the name, Escape does not. */
function NameField({ label, name, onDone }: NameFieldProps) {
  const input = useRef<HTMLInputElement>(null);
  const isDone = useRef(false);
  useLayoutEffect(() => {
    input.current!.focus();
    input.current!.select();
  }, []);
  const done = (wished: string | undefined) => {
    if (isDone.current) return;
    isDone.current = true;
    onDone(wished);
  };
  return (
    <input
      ref={input}
      class="rename"
      aria-label={label}
      maxLength={MAX_NAME}
      defaultValue={name}
      onBlur={(event) => done(event.currentTarget.value)}
      onKeyDown={(event) => {
        if (event.key === 'Enter') done(event.currentTarget.value);
        else if (event.key === 'Escape') done(undefined);
        else return;
        event.preventDefault();
      }}
    />
  );
}
