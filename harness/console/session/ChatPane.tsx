/** The chat beside the screen: the log, and the field to write in. */
import type { RefObject } from 'preact';
import { useEffect, useLayoutEffect, useMemo, useRef } from 'preact/hooks';
import { MAX_CHAT_UNITS } from '../../../engine/protocol/index.js';
import type { Say } from '../messages.js';
import { CloseIcon, SendIcon } from '../ui/icons.js';
import { partsOf } from '../ui/links.js';
import { authorOf, type ChatLine, eventInWords } from './chat-lines.js';
import type { Controller } from './controller.js';
import type { ConsoleState } from './state.js';

interface ChatPaneProps {
  readonly controller: Controller;
  readonly state: ConsoleState;
  readonly pane: RefObject<HTMLElement | null>;
  /** Where one writes. */
  readonly field: RefObject<HTMLTextAreaElement | null>;
  onClose(): void;
}

/** So near to its end, in CSS pixels, a log is at its end and follows what comes. */
const NEAR = 24;

/** Stays in the page while it is closed: what was begun in the field is kept. */
export function ChatPane({ controller, state, pane, field, onClose }: ChatPaneProps) {
  const { say } = controller;
  const { open, lines } = state.chat;
  const log = useRef<HTMLDivElement>(null);
  const follows = useRef(true);

  useLayoutEffect(() => {
    if (!open) return;
    follows.current = true;
    field.current!.focus();
  }, [open]);
  useLayoutEffect(() => {
    if (follows.current) log.current!.scrollTop = log.current!.scrollHeight;
  }, [lines, open]);

  // The log shrinks while the field grows.
  useEffect(() => {
    const toEnd = () => {
      if (follows.current) log.current!.scrollTop = log.current!.scrollHeight;
    };
    const watch = new ResizeObserver(toEnd);
    watch.observe(log.current!);
    return () => watch.disconnect();
  }, []);

  const send = () => {
    const text = field.current!.value;
    if (text.trim() === '') return;
    follows.current = true;
    controller.chat(text);
    field.current!.value = '';
    fitHeight(field.current!);
  };
  const onFieldKey = (event: KeyboardEvent) => {
    // While an input method composes, Enter is its own.
    if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    send();
  };
  // The page's state changes many times a second; the conversation seldom does.
  const shown = useMemo(
    () => lines.map((line) => <Line key={line.key} line={line} controller={controller} state={state} />),
    [lines, state.viewer.hostName, state.locale],
  );
  const ended = state.viewer.connection.kind === 'ended';

  return (
    <aside
      class="chat-pane"
      id="chat-pane"
      ref={pane}
      aria-label={say('chat')}
      hidden={!open}
      onKeyDown={(event) => {
        if (event.key !== 'Escape' || event.isComposing) return;
        event.stopPropagation();
        onClose();
      }}
    >
      <header class="chat-top">
        <h2 class="chat-title">{say('chat')}</h2>
        <button type="button" class="button" aria-label={say('close')} title={say('close')} onClick={onClose}>
          <CloseIcon />
        </button>
      </header>
      <div
        class="chat-log"
        id="chat-log"
        role="log"
        aria-label={say('chat.log')}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, with the keyboard too.
        tabIndex={0}
        ref={log}
        onScroll={({ currentTarget: { scrollTop, clientHeight, scrollHeight } }) => {
          follows.current = scrollHeight - scrollTop - clientHeight < NEAR;
        }}
      >
        {lines.length === 0 && <p class="hint">{say('chat.empty')}</p>}
        {shown}
      </div>
      <form
        class="chat-form"
        onSubmit={(event) => {
          event.preventDefault();
          send();
          field.current!.focus();
        }}
      >
        <textarea
          id="chat-field"
          ref={field}
          rows={1}
          maxLength={MAX_CHAT_UNITS}
          placeholder={say('chat.field')}
          aria-label={say('chat.field')}
          aria-description={say('chat.field.hint')}
          title={say('chat.field.hint')}
          dir="auto"
          disabled={ended}
          onKeyDown={onFieldKey}
          onInput={(event) => fitHeight(event.currentTarget)}
        />
        <button
          type="submit"
          class="button on"
          id="chat-send"
          aria-label={say('chat.send')}
          title={say('chat.send')}
          disabled={ended}
        >
          <SendIcon />
        </button>
      </form>
    </aside>
  );
}

interface LineProps {
  readonly line: ChatLine;
  readonly controller: Controller;
  readonly state: ConsoleState;
}

function Line({ line, controller, state }: LineProps) {
  const { say } = controller;
  if (line.kind === 'event') {
    return (
      <p class="chat-event">
        <Time at={line.at} /> {eventInWords(say, line.event)}
      </p>
    );
  }
  const { entry } = line;
  const author = authorOf(say, state.viewer, entry);
  return (
    <div class={`chat-said ${entry.own ? 'own' : ''} ${entry.state}`} data-state={entry.state}>
      <p class="chat-head">
        <span class="name">{author}</span> <Time at={line.at} />
      </p>
      <p class="chat-text" dir="auto">
        {partsOf(entry.text).map(({ text, href }) =>
          href === undefined ? (
            text
          ) : (
            <a href={href} target="_blank" rel="noopener noreferrer nofollow">
              {text}
            </a>
          ),
        )}
      </p>
      {entry.state === 'failed' && <Failed say={say} onAgain={() => controller.chatAgain(entry.id)} />}
    </div>
  );
}

function Failed({ say, onAgain }: { say: Say; onAgain(): void }) {
  return (
    <p class="chat-failed">
      {say('chat.failed')}{' '}
      <button type="button" class="link" onClick={onAgain}>
        {say('chat.again')}
      </button>
    </p>
  );
}

function Time({ at }: { at: number }) {
  const date = new Date(at);
  const locale = document.documentElement.lang;
  return (
    <time dateTime={date.toISOString()} title={date.toLocaleString(locale)}>
      {date.toLocaleTimeString(locale, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' })}
    </time>
  );
}

/** The field is as high as its text, up to the limit of its style. */
function fitHeight(field: HTMLTextAreaElement): void {
  field.style.height = 'auto';
  field.style.height = `${field.scrollHeight + 2}px`;
}
