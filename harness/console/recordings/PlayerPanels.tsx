/** What opens beside the picture of a recording: its chapters, and the player's keys. */
import { useMemo } from 'preact/hooks';
import type { Say } from '../messages.js';
import { chordOf } from '../ui/key-press.js';
import { Panel } from '../ui/Panel.js';
import { timeInWords } from '../ui/units.js';
import { PLAYER_KEYS } from './keys.js';
import type { OpenPlayer, PlayerState } from './open-player.js';
import { indexAfter } from './playback/moments.js';
import { chapterInWords } from './words.js';

interface ChaptersProps {
  readonly say: Say;
  readonly player: OpenPlayer;
  readonly state: PlayerState;
  onClose(): void;
}

export function ChaptersPanel({ say, player, state, onClose }: ChaptersProps) {
  const { outline, playback } = state;
  const chapters = outline?.chapters ?? [];
  const times = useMemo(() => chapters.map(({ time }) => time), [outline]);
  const current = indexAfter(times, playback.time) - 1;
  // Drawn anew only when another chapter has begun, not at every tick of the clock.
  const list = useMemo(
    () => (
      <ol class="chapters">
        {chapters.map((chapter, index) => (
          <li key={`${chapter.time} ${chapterInWords(say, chapter)}`}>
            <button
              type="button"
              class="choice chapter"
              aria-current={index === current ? 'true' : undefined}
              onClick={() => player.seek(chapter.time)}
            >
              <span class="when">{timeInWords(chapter.time)}</span>
              <span>{chapterInWords(say, chapter)}</span>
            </button>
          </li>
        ))}
      </ol>
    ),
    [outline, current, document.documentElement.lang],
  );
  return (
    <Panel say={say} title={say('player.chapters')} onClose={onClose}>
      {outline === undefined ? (
        <p class="hint">{say('recordings.reading')}</p>
      ) : chapters.length === 0 ? (
        <p class="hint">{say('player.chapters.none')}</p>
      ) : (
        list
      )}
    </Panel>
  );
}

export function PlayerHelpPanel({ say, onClose }: { readonly say: Say; onClose(): void }) {
  return (
    <Panel say={say} title={say('help')} onClose={onClose}>
      <dl class="keys">
        {PLAYER_KEYS.map(({ shown, chord, help }) => (
          <div key={help}>
            <dt>
              {shown.map((key) => (
                <kbd key={key}>{key}</kbd>
              ))}
              {shown.length === 0 && chord !== undefined && <kbd>{chordOf(say, chord)}</kbd>}
            </dt>
            <dd>{say(help)}</dd>
          </div>
        ))}
      </dl>
    </Panel>
  );
}
