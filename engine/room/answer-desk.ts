/**
 * What a host addresses to some of its viewers, to bring them up to date: to one, or to a group that it has named, whose
 * viewers wait for the same picture and share it. Slices of several answers may come in any mixture. The host is told
 * what has come, so that it need not send more at a time than its own line takes.
 */
import { type Control, encodeControl, FIRST_GROUP } from '../protocol/index.js';
import { FrameCheck } from './frame-check.js';
import type { Post } from './post.js';
import type { Roster } from './roster.js';
import type { SliceFields } from './slice-fields.js';

/** Groups that are remembered: more answers than a host has under way. */
const MOST_GROUPS = 16;
/** The version of the protocol whose hosts are told what has come. */
const TOLD_SINCE = 3;

interface Group {
  readonly viewers: readonly number[];
  readonly check: FrameCheck;
}

export class AnswerDesk {
  readonly #post: Post;
  readonly #roster: Roster;
  /** By the group's number, oldest first. */
  readonly #groups = new Map<number, Group>();
  /** Addressed slices that have come by the host's link. */
  #received = 0;

  constructor(post: Post, roster: Roster) {
    this.#post = post;
    this.#roster = roster;
  }

  /** Another host, or another link of the same: its answers begin anew. */
  reset(): void {
    this.#groups.clear();
    this.#received = 0;
    for (const viewer of this.#roster.all()) viewer.addressed.reset();
  }

  /** The host says whom it will address by a number. */
  name({ group, viewers }: Control<'answer'>): void {
    this.#groups.delete(group);
    for (const oldest of this.#groups.keys()) {
      if (this.#groups.size < MOST_GROUPS) break;
      this.#groups.delete(oldest);
    }
    this.#groups.set(group, { viewers: [...new Set(viewers)], check: new FrameCheck() });
  }

  /** Passes an addressed slice on to those who wait for it. Throws `SightlineError` when it cannot be part of a frame. */
  forward(message: Uint8Array, slice: SliceFields, now: number): void {
    const isShared = slice.viewer >= FIRST_GROUP;
    const group = isShared ? this.#groups.get(slice.viewer) : undefined;
    const viewers = isShared ? (group?.viewers ?? []) : [slice.viewer];
    const check = isShared ? group?.check : this.#roster.get(slice.viewer)?.addressed;
    // What has a gap is of no use to its viewers, who ask for another; the host's other viewers go on.
    const isNext = check?.isNext(slice) === true;
    if (isNext) check.take(slice, message.byteLength, false);
    let isTaken = false;
    let isKnown = false;
    for (const id of viewers) {
      const viewer = this.#roster.get(id);
      if (viewer === undefined) continue;
      isKnown = true;
      if (!isNext) viewer.feed.brokeOff(slice.frame);
      else if (viewer.feed.takesAddressed(slice, message.byteLength, now)) {
        isTaken = true;
        this.#post.send(viewer.links.main, message, viewer);
        if (slice.last) this.#post.tellFrame(slice, id);
      }
    }
    if (!isTaken) this.#post.drop(isKnown ? 'stale-slice' : 'unknown-viewer');
    else if (isShared) this.#post.countShared();
    this.#received = (this.#received + 1) >>> 0;
    this.#post.toHost(encodeControl({ type: 'received', slices: this.#received }), TOLD_SINCE);
  }
}
