/** The tracks of a recording of one session with one screen. */
import { Track } from '../../codecs/recording/index.js';

export const STANDARD_TRACKS = [
  { track: Track.Display, kind: 'display' },
  { track: Track.Overlay, kind: 'overlay' },
  { track: Track.Input, kind: 'input' },
  { track: Track.State, kind: 'state' },
  { track: Track.Chat, kind: 'chat' },
  { track: Track.Notice, kind: 'notice' },
] as const;
