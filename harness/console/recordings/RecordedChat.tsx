/** What was said in a recorded session, beside its picture: it goes along as the recording plays. */
import { useLayoutEffect, useMemo, useRef } from 'preact/hooks';
import type { Say } from '../messages.js';
import { CloseIcon } from '../ui/icons.js';
import { partsOf } from '../ui/links.js';
import { timeInWords } from '../ui/units.js';
import type { OpenPlayer, PlayerState } from './open-player.js';
import { indexAfter } from './playback/moments.js';

interface RecordedChatProps {
  readonly say: Say;
  readonly player: OpenPlayer;
  readonly state: PlayerState;
}

export function RecordedChat({ say, player, state }: RecordedChatProps) {
  const { chat, playback } = state;
  const log = useRef<HTMLDivElement>(null);
  const times = useMemo(() => chat.map(({ time }) => time), [chat]);
  const said = indexAfter(times, playback.time);

  // The newest message of the moment stays in sight.
  useLayoutEffect(() => {
    log.current?.querySelector('.current')?.scrollIntoView({ block: 'nearest' });
  }, [said]);

  // Drawn anew when something more was said, not at every tick of the clock.
  const lines = useMemo(
    () =>
      chat.map(({ time, name, text }, index) => (
        <div
          key={`${time} ${index}`}
          class={`chat-said ${index >= said ? 'later' : ''} ${index === said - 1 ? 'current' : ''}`}
        >
          <p class="chat-head">
            <span class="name">{name || say('chat.nobody')}</span>{' '}
            <button type="button" class="link" onClick={() => player.seek(time)}>
              {timeInWords(time)}
            </button>
          </p>
          <p class="chat-text" dir="auto">
            {partsOf(text).map((part) =>
              part.href === undefined ? (
                part.text
              ) : (
                <a href={part.href} target="_blank" rel="noopener noreferrer nofollow">
                  {part.text}
                </a>
              ),
            )}
          </p>
        </div>
      )),
    [chat, said],
  );
  return (
    <aside class="chat-pane recorded" aria-label={say('chat')}>
      <header class="chat-top">
        <h2 class="chat-title">{say('chat')}</h2>
        <button
          type="button"
          class="button"
          aria-label={say('close')}
          title={say('close')}
          onClick={() => player.toggleChat()}
        >
          <CloseIcon />
        </button>
      </header>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, with the keyboard too. */}
      <div class="chat-log" role="log" aria-label={say('chat.log')} aria-live="off" tabIndex={0} ref={log}>
        {lines}
      </div>
    </aside>
  );
}
