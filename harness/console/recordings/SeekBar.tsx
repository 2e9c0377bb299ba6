/** The bar that shows where playing is, and what lies where; a hand on it goes there. */
import { useRef, useState } from 'preact/hooks';
import type { Chapter, RecordingOutline, Span } from '../../../engine/recording/index.js';
import type { Say } from '../messages.js';
import { timeInWords } from '../ui/units.js';
import type { OpenPlayer, PlayerState } from './open-player.js';
import { chapterInWords } from './words.js';

/** Marks nearer to each other than this share of the bar are drawn as one. */
const MARK_GRAIN = 1 / 400;
/** A chapter is named while the pointer is so near to its mark, as a share of the bar. */
const NEAR = 1 / 100;

interface SeekBarProps {
  readonly say: Say;
  readonly player: OpenPlayer;
  readonly state: PlayerState;
}

export function SeekBar({ say, player, state }: SeekBarProps) {
  const bar = useRef<HTMLDivElement>(null);
  const [hover, setHover] = useState<number>();
  /** While a hand holds the bar: whether to play on when it lets go. */
  const held = useRef<{ readonly goesOn: boolean } | undefined>(undefined);
  const { outline, playback } = state;
  const { duration } = player;

  const timeAt = (event: PointerEvent): number => {
    const { left, width } = bar.current!.getBoundingClientRect();
    return Math.max(0, Math.min(1, (event.clientX - left) / Math.max(1, width))) * duration;
  };
  const release = () => {
    if (held.current?.goesOn) player.play();
    held.current = undefined;
  };
  return (
    <div
      class="seek"
      id="seek"
      role="slider"
      tabIndex={0}
      ref={bar}
      aria-label={say('player.seek')}
      aria-valuemin={0}
      aria-valuemax={Math.round(duration / 1000)}
      aria-valuenow={Math.round(playback.time / 1000)}
      aria-valuetext={timeInWords(playback.time)}
      onPointerDown={(event) => {
        if (event.button !== 0) return;
        bar.current!.setPointerCapture(event.pointerId);
        held.current = { goesOn: playback.playing };
        player.pause();
        player.seek(timeAt(event));
      }}
      onPointerMove={(event) => {
        setHover(timeAt(event));
        if (held.current !== undefined) player.scrub(timeAt(event));
      }}
      onPointerUp={(event) => {
        if (held.current !== undefined) player.seek(timeAt(event));
        release();
      }}
      onPointerCancel={release}
      onPointerLeave={() => setHover(undefined)}
    >
      <div class="rail">
        <div class="done" style={{ width: share(playback.time, duration) }} />
        {outline !== undefined && <Marks outline={outline} duration={duration} />}
      </div>
      <div class="thumb" style={{ left: share(playback.time, duration) }} />
      {hover !== undefined && duration > 0 && (
        <div class="tip" style={{ left: `clamp(5em, ${share(hover, duration)}, calc(100% - 5em))` }}>
          {timeInWords(hover)}
          <NearChapter say={say} chapters={outline?.chapters ?? []} time={hover} duration={duration} />
        </div>
      )}
    </div>
  );
}

function Marks({ outline, duration }: { readonly outline: RecordingOutline; readonly duration: number }) {
  return (
    <>
      {joined(outline.idle, duration).map((span) => (
        <div key={span.from} class="idle" style={extent(span, duration)} />
      ))}
      {joined(outline.gaps, duration).map((span) => (
        <div key={span.from} class="gap" style={extent(span, duration)} />
      ))}
      {joined(outline.chapters.map(asSpan), duration).map(({ from }) => (
        <div key={from} class="tick" style={{ left: share(from, duration) }} />
      ))}
    </>
  );
}

interface NearProps {
  readonly say: Say;
  readonly chapters: readonly Chapter[];
  readonly time: number;
  readonly duration: number;
}

function NearChapter({ say, chapters, time, duration }: NearProps) {
  const distance = (chapter: Chapter) => Math.abs(chapter.time - time);
  let nearest: Chapter | undefined;
  for (const chapter of chapters) {
    if (nearest === undefined || distance(chapter) < distance(nearest)) nearest = chapter;
  }
  if (nearest === undefined || distance(nearest) > duration * NEAR) return null;
  return <span class="chapter">{chapterInWords(say, nearest)}</span>;
}

const asSpan = ({ time }: Chapter): Span => ({ from: time, to: time });

/** As many spans as can be told apart on the bar, however many there are. */
function joined(spans: readonly Span[], duration: number): Span[] {
  const found: { from: number; to: number }[] = [];
  for (const { from, to } of spans) {
    const last = found.at(-1);
    if (last !== undefined && from - last.to < duration * MARK_GRAIN) last.to = Math.max(last.to, to);
    else found.push({ from, to });
  }
  return found;
}

function share(time: number, duration: number): string {
  return `${duration === 0 ? 0 : (100 * time) / duration}%`;
}

function extent({ from, to }: Span, duration: number): { left: string; width: string } {
  return { left: share(from, duration), width: share(to - from, duration) };
}
