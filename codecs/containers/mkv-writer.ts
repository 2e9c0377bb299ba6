/**
 * Writes Matroska and WebM (RFC 9559). The file can be read from its first cluster on: sizes are known as soon as
 * something is written, but for the segment's own, which is "unknown" until the end. Where the sink can seek, `finish`
 * fills in the segment's size, the duration and the seek head; where it cannot, cues and chapters stand at the end
 * all the same. After a crash the file plays up to its last whole cluster.
 */
import { SightlineError } from '../errors.js';
import { ByteWriter } from './byte-writer.js';
import {
  Id,
  idBytes,
  LONG_SIZE_BYTES,
  longSize,
  putHeader,
  putMaster,
  putUnsigned,
  UNKNOWN_SIZE,
} from './ebml.js';
import {
  type Chapter,
  type Cue,
  putChapters,
  putCues,
  putDuration,
  putEbmlHeader,
  putInfo,
  putSeekHead,
  putTags,
  putTracks,
  SEEK_HEAD_BYTES,
  type SeekEntry,
  subtitleBlock,
} from './mkv-elements.js';
import { checkOptions, MILLISECOND, type MkvOptions } from './mkv-options.js';
import type { ContainerSink } from './sink.js';

/** A cluster is written when it is this long, or this large: what a crash can lose. */
const CLUSTER_MICROSECONDS = 1_000_000;
const CLUSTER_BYTES = 4 * 1024 * 1024;
/** Blocks count their time from their cluster's in 16 bits. */
const MAX_RELATIVE = 32_767;
const KEYFRAME_FLAG = 0x80;
/** Track number, time, flags. */
const BLOCK_HEADER_BYTES = 4;

export class MkvWriter {
  readonly #sink: ContainerSink;
  readonly #options: MkvOptions;
  readonly #scale: number;
  readonly #cluster = new ByteWriter();
  readonly #cues: Cue[] = [];
  readonly #chapters: Chapter[] = [];
  readonly #seeks: SeekEntry[] = [];
  /** Last time of each track, in units. */
  readonly #last: number[];
  /** Places in the file. */
  #position = 0;
  #segment = 0;
  #durationAt = 0;
  #clusterTime = 0;
  #end = 0;
  #started = false;
  #finished = false;

  /** Refuses options that no file can have. */
  constructor(sink: ContainerSink, options: MkvOptions) {
    checkOptions(options);
    this.#sink = sink;
    this.#options = options;
    this.#scale = options.timestampScale ?? MILLISECOND;
    this.#last = options.tracks.map(() => -1);
  }

  /** Bytes written so far; what waits in the open cluster is not among them. */
  get position(): number {
    return this.#position;
  }

  /**
   * Adds a picture of track `track` (from 1), shown from `time` (microseconds from the beginning) on. Two pictures
   * of a track never have the same time: the later one is put a unit of the timestamp scale behind.
   */
  async addFrame(track: number, time: number, bytes: Uint8Array, keyframe: boolean): Promise<void> {
    this.#check(track, 'video', time);
    const units = Math.max(this.#units(time), this.#last[track - 1]! + 1);
    const size = BLOCK_HEADER_BYTES + bytes.length;
    await this.#open(units, size, keyframe && track === 1);
    if (keyframe && track === 1) {
      this.#cues.push({
        time: units,
        track,
        cluster: this.#position - this.#segment,
        relative: this.#cluster.length,
      });
    }
    putHeader(this.#cluster, Id.SimpleBlock, size);
    this.#putBlockHeader(this.#cluster, track, units, keyframe ? KEYFRAME_FLAG : 0);
    this.#cluster.put(bytes);
    this.#last[track - 1] = units;
    this.#end = Math.max(this.#end, time);
  }

  /** Adds a line of text to a track of subtitles; times in microseconds. */
  async addSubtitle(track: number, time: number, duration: number, text: string): Promise<void> {
    this.#check(track, 'subtitles', time);
    const value = subtitleBlock(text, this.#options.docType);
    const units = Math.max(this.#units(time), this.#last[track - 1]!);
    await this.#open(units, value.length, false);
    putMaster(this.#cluster, Id.BlockGroup, (group) => {
      putHeader(group, Id.Block, BLOCK_HEADER_BYTES + value.length);
      this.#putBlockHeader(group, track, units, 0);
      group.put(value);
      putUnsigned(group, Id.BlockDuration, Math.max(1, this.#units(duration)));
    });
    this.#last[track - 1] = units;
    this.#end = Math.max(this.#end, time + duration);
  }

  /** Notes a chapter that begins at `time` (microseconds). */
  addChapter(time: number, title: string): void {
    this.#chapters.push({ time, title });
  }

  /** Writes what waits, so that a reader sees it. */
  async flush(): Promise<void> {
    await this.#start();
    if (this.#cluster.length === 0) return;
    const content = this.#cluster.bytes;
    const header = new ByteWriter();
    putHeader(header, Id.Cluster, content.length);
    await this.#write(header.bytes);
    await this.#write(content);
    this.#cluster.clear();
  }

  /** Writes the rest. `end` is when the last picture ceases to be shown, in microseconds. */
  async finish(end = this.#end): Promise<void> {
    await this.flush();
    this.#finished = true;
    const writer = new ByteWriter();
    if (this.#cues.length > 0) {
      this.#note(Id.Cues, writer);
      putCues(writer, this.#cues);
    }
    if (this.#chapters.length > 0) {
      this.#chapters.sort((a, b) => a.time - b.time);
      this.#note(Id.Chapters, writer);
      putChapters(writer, this.#chapters, end);
    }
    if (writer.length > 0) await this.#write(writer.bytes);
    if (this.#sink.seekable) await this.#patch(end);
  }

  /** Fills in what was not known. */
  async #patch(end: number): Promise<void> {
    await this.#sink.write(longSize(this.#position - this.#segment), this.#segment - LONG_SIZE_BYTES);
    const duration = new ByteWriter();
    putDuration(duration, end, this.#scale);
    await this.#sink.write(duration.bytes, this.#durationAt);
    const head = new ByteWriter();
    putSeekHead(head, this.#seeks);
    await this.#sink.write(head.bytes, this.#segment);
  }

  /** Everything in front of the clusters. */
  async #start(): Promise<void> {
    if (this.#started) return;
    this.#started = true;
    const { docType = 'matroska', tags } = this.#options;
    const front = new ByteWriter();
    putEbmlHeader(front, docType);
    front.ube(Id.Segment, idBytes(Id.Segment)).put(UNKNOWN_SIZE);
    this.#segment = front.length;

    const content = new ByteWriter();
    this.#seeks.push({ id: Id.Info, position: SEEK_HEAD_BYTES });
    this.#durationAt = this.#segment + SEEK_HEAD_BYTES + putInfo(content, this.#options);
    this.#seeks.push({ id: Id.Tracks, position: SEEK_HEAD_BYTES + content.length });
    putTracks(content, this.#options);
    if (tags !== undefined && Object.keys(tags).length > 0) {
      this.#seeks.push({ id: Id.Tags, position: SEEK_HEAD_BYTES + content.length });
      putTags(content, tags);
    }
    putSeekHead(front, this.#seeks);
    front.put(content.bytes);
    await this.#write(front.bytes);
  }

  /** A cluster that takes a block of `size` bytes at `units`; a keyframe begins one, so that seeking is short. */
  async #open(units: number, size: number, keyframe: boolean): Promise<void> {
    await this.#start();
    if (this.#cluster.length > 0) {
      const relative = units - this.#clusterTime;
      const long = relative * this.#scale >= CLUSTER_MICROSECONDS * 1000;
      const large = this.#cluster.length + size > CLUSTER_BYTES;
      if (keyframe || long || large || Math.abs(relative) > MAX_RELATIVE) await this.flush();
    }
    if (this.#cluster.length === 0) {
      this.#clusterTime = units;
      putUnsigned(this.#cluster, Id.Timestamp, units);
    }
  }

  #putBlockHeader(writer: ByteWriter, track: number, units: number, flags: number): void {
    writer
      .u8(0x80 | track)
      .i16be(units - this.#clusterTime)
      .u8(flags);
  }

  #check(track: number, type: 'video' | 'subtitles', time: number): void {
    if (this.#finished) throw new SightlineError('bad-state', 'The file is finished.');
    if (this.#options.tracks[track - 1]?.type !== type) {
      throw new SightlineError('bad-argument', `Track ${track} is not of ${type}.`, { field: 'track' });
    }
    if (!(time >= 0 && time <= Number.MAX_SAFE_INTEGER / 1000)) {
      throw new SightlineError('bad-argument', `${time} is not a time in microseconds.`, { field: 'time' });
    }
  }

  #units(microseconds: number): number {
    return Math.round((microseconds * 1000) / this.#scale);
  }

  #note(id: number, writer: ByteWriter): void {
    this.#seeks.push({ id, position: this.#position + writer.length - this.#segment });
  }

  async #write(bytes: Uint8Array): Promise<void> {
    await this.#sink.write(bytes);
    this.#position += bytes.length;
  }
}
