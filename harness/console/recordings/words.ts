/** Times, moments and faults as people read them. */
import type { Chapter, Gap, RecordingOutline } from '../../../engine/recording/index.js';
import type { Say } from '../messages.js';
import { sizeInWords, timeInWords } from '../ui/units.js';
import type { ReadFault } from './playback/api.js';

/** Milliseconds since 1970 as a date with a time of day, in the page's language. */
export function dateInWords(milliseconds: number, locale: string): string {
  return new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short' }).format(milliseconds);
}

export function chapterInWords(say: Say, chapter: Chapter): string {
  switch (chapter.kind) {
    case 'joined':
    case 'left':
    case 'control':
      return say(`chapter.${chapter.kind}`, { name: chapter.name });
    case 'released':
      return say('chapter.released');
    case 'host':
      return say(`chapter.host.${chapter.state}`);
    case 'chat':
      return say('say.chat', { name: chapter.name || say('chat.nobody'), text: firstLine(chapter.text) });
    case 'marker':
      return firstLine(chapter.text) || say('chapter.marker', { number: chapter.number });
    case 'size':
      return say('chapter.size', { width: String(chapter.width), height: String(chapter.height) });
  }
}

/** Longest part of what was said that stands for it in a list. */
const MAX_EXCERPT = 80;

function firstLine(text: string): string {
  const line = text.split('\n', 1)[0]!;
  return line.length > MAX_EXCERPT || line !== text ? `${line.slice(0, MAX_EXCERPT)}…` : line;
}

/** Codes of what can be wrong with a whole recording that have a sentence of their own. */
const KNOWN_FAULTS = ['bad-recording', 'truncated', 'checksum', 'unsupported-version', 'gone'] as const;

export function faultInWords(say: Say, { code, message }: ReadFault): string {
  const known = KNOWN_FAULTS.find((one) => one === code);
  return known === undefined
    ? say('recordings.fault.other', { reason: message })
    : say(`recordings.fault.${known}`);
}

/** What a recording that can be played lacks, one sentence each. */
export function damageInWords(say: Say, outline: RecordingOutline, complete: boolean): string[] {
  const { gaps, lostSlices } = outline;
  const sentences = gaps.slice(0, MAX_GAPS_TOLD).map((gap) => gapInWords(say, gap));
  if (gaps.length > MAX_GAPS_TOLD) {
    sentences.push(say('damage.more', { count: gaps.length - MAX_GAPS_TOLD }));
  }
  if (gaps.length > 0 && lostSlices > 0) sentences.push(say('damage.slices', { count: lostSlices }));
  if (!complete) sentences.push(say('damage.unfinished'));
  return sentences;
}

const MAX_GAPS_TOLD = 5;

function gapInWords(say: Say, { from, to, bytes, blocks }: Gap): string {
  const where = { from: timeInWords(from, true), to: timeInWords(to, true), size: sizeInWords(say, bytes) };
  if (blocks === undefined) return say('damage.end', where);
  return say('damage.gap', { ...where, blocks });
}
