/** The relay's end of a link that knows whether it lives. */
import { BEATS_SINCE } from '../protocol/index.js';
import type { Link } from '../transport/link.js';
import { LiveLink, type LiveLinkOptions } from '../transport/live-link.js';

/** Watches a link when its party, by its version of the protocol, beats; else its transport's pings must do. */
export function watched(link: Link, version: number, options: LiveLinkOptions): Link {
  return version >= BEATS_SINCE ? new LiveLink(link, options) : link;
}
